import { webLink } from '#admin/web/web-link.ts';
import type { OperationCommand } from '../command.ts';

export const webLinkCommand: OperationCommand = { operation: webLink };
