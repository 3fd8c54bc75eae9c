import type { Configuration } from './index';

/** What is right in itself, and perhaps not meant: each variable by name, never a value. */
export function warningsOf(configuration: Configuration): string[] {
  const { payloadKeys, remindAfter = {}, metricsAddress, unneededSecrets } = configuration;
  const reminds = Object.values(remindAfter).some((after) => after !== null);
  return [
    ...(payloadKeys.length === 0
      ? ['PAYLOAD_KEYS is not set: payloads are readable for whoever can read the namespace']
      : []),
    // No error: of two workers on one machine only one can have the address, and either may have the rest.
    ...(reminds && metricsAddress === undefined
      ? [
          'METRICS_ADDRESS is not set: this worker surveys nothing, and so reminds nobody of what still waits (REMIND_AFTER); ' +
            'another worker of this task queue has to',
        ]
      : []),
    ...unneededSecrets.map((name) => `${name} is set, and no role of this worker (WORKER_ROLES) needs it`),
  ];
}
