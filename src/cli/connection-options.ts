import { Option } from 'commander';
import type { Command as Program } from 'commander';
import { quoted } from '../client/shell';
import type { Environment } from '../config/reader';
import { UsageError } from './exit-codes';

/** One option of the connection, named as Temporal's own CLI names it, and the variable that it goes before. */
interface ConnectionOption {
  flags: string;
  description: string;
  variable: string;
  /** The variable that holds the same as text, and would contradict it. */
  data?: string;
}

const TLS = 'TEMPORAL_TLS';

const OPTIONS: readonly ConnectionOption[] = [
  {
    flags: '--address <host:port>',
    description: 'of the Temporal server',
    variable: 'TEMPORAL_ADDRESS',
  },
  {
    flags: '--namespace <name>',
    description: 'where the refunds are',
    variable: 'TEMPORAL_NAMESPACE',
  },
  {
    flags: '--tls',
    description: 'connect by TLS',
    variable: TLS,
  },
  {
    flags: '--tls-cert-path <file>',
    description: 'your certificate',
    variable: `${TLS}_CLIENT_CERT_PATH`,
    data: `${TLS}_CLIENT_CERT_DATA`,
  },
  {
    flags: '--tls-key-path <file>',
    description: 'its private key',
    variable: `${TLS}_CLIENT_KEY_PATH`,
    data: `${TLS}_CLIENT_KEY_DATA`,
  },
  {
    flags: '--tls-ca-path <file>',
    description: "the server's certificate authority",
    variable: `${TLS}_SERVER_CA_CERT_PATH`,
    data: `${TLS}_SERVER_CA_CERT_DATA`,
  },
  {
    flags: '--tls-server-name <name>',
    description: "the name in the server's certificate",
    variable: `${TLS}_SERVER_NAME`,
  },
];

const API_KEY =
  'An API key is not taken from the command line, where the list of processes shows it to everybody on the machine. Set ' +
  'TEMPORAL_API_KEY.';

/** Adds to the program what every command connects by; the environment has the rest. */
export function addConnectionOptions(program: Program): void {
  for (const { flags, description } of OPTIONS) program.option(flags, description);
  program.addOption(new Option('--api-key [key]').hideHelp());
  program.on('option:api-key', () => {
    throw new UsageError(API_KEY);
  });
}

/**
 * The environment with what was said on the command line, which goes before it.
 * @throws UsageError where something empty was said: the server of the environment is not meant then
 */
export function connectionEnvironment(program: Program, environment: Environment): Environment {
  const options = saidOptions(program);
  const empty = options.find(({ value }) => value === '');
  if (empty)
    throw new UsageError(`${empty.flags.split(' ')[0] ?? ''} is empty; nothing was started or sent.`);
  const said = options.flatMap(({ variable, data, value }) => [
    [variable, value],
    ...(data === undefined ? [] : [[data, undefined]]),
  ]);
  return { ...environment, ...(Object.fromEntries(said) as Environment) };
}

/** What was said on the command line, as it is said again. */
export function connectionSaid(program: Program): string {
  const said = saidOptions(program).map(({ flags, value }) => {
    const [name = '', takes] = flags.split(' ');
    if (takes === undefined) return name;
    return `${name} ${PLAIN.test(value) ? value : quoted(value, takes.slice(1, -1).toUpperCase())}`;
  });
  return said.join(' ');
}

/** What a shell leaves as it is. */
const PLAIN = /^[A-Za-z0-9/._][A-Za-z0-9/._:-]*$/;

/** @throws UsageError where a command that connects to no Temporal server is told how to connect */
export function refuseConnectionOptions(program: Program, why: string): void {
  const [first] = saidOptions(program);
  if (first) throw new UsageError(`${first.flags.split(' ')[0] ?? ''} is the connection to Temporal. ${why}`);
}

function saidOptions(program: Program): (ConnectionOption & { value: string })[] {
  const options = program.opts<Record<string, string | true | undefined>>();
  return OPTIONS.flatMap((option) => {
    const value = options[new Option(option.flags).attributeName()];
    return value === undefined ? [] : [{ ...option, value: String(value) }];
  });
}
