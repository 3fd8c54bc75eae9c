import type { CheckAnswer, LookUpAnswer, MovementAnswer } from '../domain/provider-answers';
import type { Provider, ProviderCall } from './provider';

/** What the saga asks of a provider. */
export const OPERATIONS = ['check', 'refund', 'lookUp', 'reverse', 'lookUpReversal'] as const;
/** One thing that the saga asks of a provider. */
export type Operation = (typeof OPERATIONS)[number];

/** What a provider answered to one of them. */
export type Answer = CheckAnswer | LookUpAnswer | MovementAnswer;

/** Something that watches a call; it must return or throw what the call itself did. */
export type Observer = <Of extends Answer>(
  operation: Operation,
  call: ProviderCall,
  ask: () => Promise<Of>,
) => Promise<Of>;

/** The same provider, with every call watched. What it cannot do it still cannot. */
export function observed(provider: Provider, observer: Observer): Provider {
  const reverse = provider.reverse?.bind(provider);
  const lookUpReversal = provider.lookUpReversal?.bind(provider);
  const watch =
    <Of extends Answer>(operation: Operation, ask: (call: ProviderCall) => Promise<Of>) =>
    (call: ProviderCall) =>
      observer(operation, call, () => ask(call));
  return {
    name: provider.name,
    lookUpKind: provider.lookUpKind,
    ...(provider.reversal && { reversal: provider.reversal }),
    requestsInSequence: provider.requestsInSequence,
    refund: watch('refund', (call) => provider.refund(call)),
    lookUp: watch('lookUp', (call) => provider.lookUp(call)),
    check: watch('check', (call) => provider.check(call)),
    ...(reverse && { reverse: watch('reverse', reverse) }),
    ...(lookUpReversal && { lookUpReversal: watch('lookUpReversal', lookUpReversal) }),
    close: () => provider.close(),
  };
}
