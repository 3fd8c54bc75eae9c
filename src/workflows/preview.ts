import { proxyLocalActivities, workflowInfo } from '@temporalio/workflow';
import type { Preview, PreviewActivities } from '../domain/preview';
import { readStartArguments } from './start-arguments';

const { previewRefund: look } = proxyLocalActivities<PreviewActivities>({
  summary: 'Look what a refund would meet',
  startToCloseTimeout: '50s',
  retry: { maximumAttempts: 1 },
});

/** Looks what a refund would meet if it were started now. It uses up no refund id, and neither reserves nor sends anything. */
export async function previewRefund(...args: unknown[]): Promise<Preview> {
  const started = readStartArguments(args, workflowInfo());
  if ('problem' in started) return { outlook: 'invalid', problems: [started.problem] };
  return look({ ...started, since: workflowInfo().startTime.toISOString() });
}
