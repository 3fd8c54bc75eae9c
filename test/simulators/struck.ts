import type { Fault, ProviderName, SimulatorOptions, Simulators } from '../../simulators';
import { someSimulators, type Ended } from './calls';
import { REFUNDS } from './refunds';

/** A refund at a provider that a fault strikes, with the simulators that answered it. */
export async function struck(
  provider: ProviderName,
  fault: Omit<Fault, 'provider'>,
  options: SimulatorOptions = {},
): Promise<Ended & { simulators: Simulators }> {
  const simulators = await someSimulators(options);
  REFUNDS[provider].seed(simulators);
  simulators.faults.add({ operation: 'refund', ...fault, provider });
  return { simulators, ...(await REFUNDS[provider].refund(simulators)) };
}
