const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const WORKFLOW_ID = /^(?:refund|notice):[A-Za-z0-9][A-Za-z0-9._:-]{0,150}$/;
/** Printable ASCII that no program takes for an option. */
const QUOTABLE = /^(?!-)[\x20-\x7e]{1,1000}$/;

/** Whether a text is of the alphabet of refund and order ids. */
export function isId(text: string): boolean {
  return ID.test(text);
}

/** A refund id inside a command to paste: anybody may have started a run under any id, so others are left out. */
export function idInCommand(refundId: string): string {
  return isId(refundId) ? refundId : 'REFUND_ID';
}

/** A text from elsewhere as one word of a command to paste; left out where quotes do not make it harmless. */
export function quoted(text: string, insteadOf: string): string {
  if (isId(text) || WORKFLOW_ID.test(text)) return text;
  return QUOTABLE.test(text) ? `'${text.replaceAll("'", String.raw`'\''`)}'` : insteadOf;
}

/** The command that lets a paused run, or one paused call of it, go on. */
export function unpauseCommand(workflowId: string, activityId?: string): string {
  const run = `--workflow-id ${quoted(workflowId, 'WORKFLOW_ID')}`;
  return activityId === undefined
    ? `temporal workflow unpause ${run}`
    : `temporal activity unpause ${run} --activity-id ${quoted(activityId, 'ACTIVITY_ID')}`;
}
