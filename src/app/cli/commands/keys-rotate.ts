import { keysRotate } from '#admin/keys/keys-rotate.ts';
import type { OperationCommand } from '../command.ts';

export const keysRotateCommand: OperationCommand = { operation: keysRotate, paths: ['to'] };
