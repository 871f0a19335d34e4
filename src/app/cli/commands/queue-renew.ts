import { queueRenew } from '#admin/queue/queue-renew.ts';
import type { OperationCommand } from '../command.ts';

export const queueRenewCommand: OperationCommand = { operation: queueRenew, needs: 'store-closed' };
