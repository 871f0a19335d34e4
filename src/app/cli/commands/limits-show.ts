import { limitsShow } from '#admin/limits/limits-show.ts';
import type { OperationCommand } from '../command.ts';

export const limitsShowCommand: OperationCommand = { operation: limitsShow, positional: ['scope'] };
