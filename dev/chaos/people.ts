import { randomBytes } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { Chance } from './chance';
import type { Script } from './scripts';
import { attempt, persist } from './stage';
import type { Stage } from './stage';

/** Decides by signal, as the script says. */
export async function signalDecision(stage: Stage, script: Script): Promise<void> {
  const { decision, refundId, workflowId } = script;
  if (!decision) return;
  if (decision === 'approve') stage.deeds.approve(refundId);
  const handle = stage.client.workflow.getHandle(workflowId);
  await persist(stage, () => handle.signal(decision, { by: 'ana', note: 'seen the ticket' }));
}

/** Sends one message that must change nothing, whatever the refund is doing. */
export async function sendHostile(stage: Stage, { workflowId }: Script, chance: Chance): Promise<void> {
  const handle = stage.client.workflow.getHandle(workflowId);
  const send = chance.pick<() => Promise<unknown>>(
    () => handle.signal('approve', { by: ' Order-Service ' }),
    () => handle.signal('approve', { by: 'ORDER-SERVICE', note: 'mine' }),
    () => handle.signal('approve'),
    () => handle.signal('approve', { by: '' }),
    () => handle.signal('approve', { by: 'ana', note: 'x'.repeat(501) }),
    () => handle.signal('approve', 'yes'),
    () => handle.signal('reject', null),
    () => handle.signal('reject', { by: 42 }),
    () => handle.signal('unheardOf', { by: 'ana' }),
    () => undecodable(stage, workflowId, chance),
    () => handle.executeUpdate('decide', { args: [{ decision: 'approve', by: 'order-service' }] }),
    () => handle.executeUpdate('decide', { args: [{ decision: 'perhaps', by: 'ana' }] }),
    () => handle.executeUpdate('decide', { args: [null] }),
    () => resolveFalsely(handle, { leg: 'cash', outcome: 'refunded', by: 'Order-Service' }),
    () => resolveFalsely(handle, { leg: 'sale', outcome: 'waived', by: 'order-service ' }),
    () => resolveFalsely(handle, { leg: 'loyalty', outcome: 'vanish', by: 'eve' }),
    () => resolveFalsely(handle, { leg: 'shoes', outcome: 'retry', by: 'eve' }),
    () => handle.executeUpdate('resolveLeg', { args: [{ leg: 'cash', outcome: 'retry', by: 'eve' }] }),
  );
  stage.deeds.hostile += 1;
  await attempt(stage, send);
}

async function resolveFalsely(handle: WorkflowHandle, message: object): Promise<unknown> {
  const whole = { ...message, evidence: 'none', providerReference: 'made-up' };
  return handle.executeUpdate('resolveLeg', { args: [whole] });
}

/** A signal whose argument no converter can read. */
async function undecodable({ client }: Stage, workflowId: string, chance: Chance): Promise<unknown> {
  const encoding = Buffer.from(chance.pick('json/plain', 'binary/strange', 'binary/encrypted'));
  const payloads = [{ metadata: { encoding }, data: randomBytes(chance.integer(0, 64)) }];
  return client.workflowService.signalWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId },
    signalName: chance.pick('approve', 'reject'),
    input: { payloads },
  });
}
