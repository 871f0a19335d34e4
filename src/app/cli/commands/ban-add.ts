import { banAdd } from '#admin/bans/ban-add.ts';
import type { OperationCommand } from '../command.ts';

export const banAddCommand: OperationCommand = { operation: banAdd, positional: ['network'] };
