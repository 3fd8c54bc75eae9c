import { randomBytes } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { MESSAGES } from '../../src/domain/contract';
import type { Chance } from './chance';
import type { Script } from './scripts';
import { attempt, persist } from './context';
import type { Context } from './context';

/** Clears a terminal, and turns the rest of a line around. */
const TRICKS = ['\u001b[2J', '\u202egnp.exe'] as const;

/** Decides by signal, as the script says. */
export async function signalDecision(context: Context, script: Script): Promise<void> {
  const { decision, refundId, workflowId } = script;
  if (!decision) return;
  if (decision === 'approve') context.actions.approve(refundId);
  const handle = context.client.workflow.getHandle(workflowId);
  await persist(context, () => handle.signal(decision, { by: 'ana.b', note: 'seen the ticket', refundId }));
}

/** Sends one message that must change nothing, whatever the refund is doing. */
export async function sendHostile(
  context: Context,
  { refundId, workflowId }: Script,
  chance: Chance,
): Promise<void> {
  const handle = context.client.workflow.getHandle(workflowId);
  const kinds = [hostileSignal, hostileDecision, hostileResolution] as const;
  const { name, argument } = chance.pick(...kinds)(chance);
  context.actions.hostile += 1;
  if (name === 'undecodable') await attempt(context, () => undecodable(context, workflowId, chance));
  else if (name === MESSAGES.decide || name === MESSAGES.resolveLeg) {
    const accepted = await attempt(context, () => update(handle, name, argument));
    const what = `a hostile ${name} was accepted: ${JSON.stringify(argument)}`;
    if (accepted) context.actions.seen.push({ invariant: 'deafToHostile', refundId, what });
  } else {
    const args = argument === undefined ? [] : [argument];
    await attempt(context, () => handle.signal(name, ...(args as [unknown])));
  }
}

interface Hostile {
  name: string;
  argument?: unknown;
}

function hostileSignal(chance: Chance): Hostile {
  return chance.pick<Hostile>(
    { name: 'undecodable' },
    { name: 'unheardOf', argument: { by: 'ana' } },
    { name: 'approve' },
    { name: 'approve', argument: 'yes' },
    { name: 'approve', argument: { by: ' Order-Service ' } },
    { name: 'approve', argument: { by: 'ORDER-SERVICE', note: 'mine' } },
    { name: 'approve', argument: { by: '' } },
    { name: 'approve', argument: { by: 'ana', note: 'x'.repeat(501) } },
    { name: 'approve', argument: { by: 'ana', note: chance.pick(...TRICKS) } },
    { name: 'approve', argument: { by: `ana${chance.pick(...TRICKS)}` } },
    { name: 'approve', argument: { by: 'ana', refundId: 'another-refund' } },
    { name: 'reject', argument: null },
    { name: 'reject', argument: { by: 42 } },
  );
}

function hostileDecision(chance: Chance): Hostile {
  const argument = chance.pick<unknown>(
    null,
    { decision: 'approve', by: 'oRDER-sERVICE' },
    { decision: 'perhaps', by: 'ana' },
    { decision: 'approve', by: 'Ana B.' },
    { decision: 'approve', by: 'ana', refundId: 'another-refund' },
    { decision: 'approve', by: 'ana', note: chance.pick(...TRICKS) },
  );
  return { name: MESSAGES.decide, argument };
}

function hostileResolution(chance: Chance): Hostile {
  const leg = chance.pick('loyalty', 'sale', 'cash');
  const outcome = chance.pick('refunded', 'reversed', 'waived', 'retry', 'resend', 'declined', 'turnBack');
  const whole = { leg, outcome, by: 'eve', evidence: 'none', providerReference: 'made-up' };
  const argument = chance.pick<unknown>(
    { ...whole, by: 'Order-Service' },
    { ...whole, by: 'order-service ' },
    { ...whole, by: `eve${chance.pick(...TRICKS)}` },
    { ...whole, refundId: 'another-refund' },
    { ...whole, outcome: 'vanish' },
    { ...whole, leg: 'shoes' },
    { leg, outcome: 'retry', by: 'eve' },
    { ...whole, providerReference: chance.pick(...TRICKS) },
    { ...whole, evidence: chance.pick(...TRICKS) },
  );
  return { name: MESSAGES.resolveLeg, argument };
}

async function update(handle: WorkflowHandle, name: string, argument: unknown): Promise<true> {
  await handle.executeUpdate(name, { args: [argument] });
  return true;
}

/** A signal whose argument no converter can read. */
async function undecodable({ client }: Context, workflowId: string, chance: Chance): Promise<unknown> {
  const encoding = Buffer.from(chance.pick('json/plain', 'binary/strange', 'binary/encrypted'));
  const payloads = [{ metadata: { encoding }, data: randomBytes(chance.integer(0, 64)) }];
  return client.workflowService.signalWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId },
    signalName: chance.pick('approve', 'reject'),
    input: { payloads },
  });
}
