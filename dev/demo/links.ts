import type { TemporalServer } from '../temporal-server';

/**
 * Where a run is seen in the Temporal UI; its workflow id, where the address of the UI is not known.
 * @param tab `timeline` shows what was done, `user-metadata` where the refund stands and what to send next
 */
export function linkTo(
  server: TemporalServer,
  { workflowId, runId }: { workflowId: string; runId: string },
  tab: 'timeline' | 'user-metadata' = 'timeline',
): string {
  const ui = uiOf(server);
  if (ui === undefined) return `workflow id ${workflowId}`;
  return `${ui}/namespaces/${server.namespace}/workflows/${encodeURIComponent(workflowId)}/${runId}/${tab}`;
}

/** The address of the Temporal UI; of a server that was running already, only `TEMPORAL_UI_URL` can tell it. */
export function uiOf(server: TemporalServer): string | undefined {
  return server.uiUrl ?? process.env.TEMPORAL_UI_URL?.replace(/\/+$/, '');
}
