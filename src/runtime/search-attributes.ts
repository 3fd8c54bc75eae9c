import { isGrpcServiceError } from '@temporalio/client';
import type { ConnectionLike, OperatorService } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { quoted } from '../client/shell';
import { GRPC } from '../client/temporal-calls';
import { SEARCH_ATTRIBUTES } from '../domain/contract';

type Name = keyof typeof SEARCH_ATTRIBUTES;

const TYPES = {
  KEYWORD: temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  BOOL: temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
} as const;
const COMMAND_TYPES = { KEYWORD: 'Keyword', BOOL: 'Bool' } as const;

/**
 * Makes sure that the namespace has the search attributes, of the right types: a run would hang without them.
 * @throws Error that prints the commands to run, where they may not be registered from here
 */
export async function ensureSearchAttributes(connection: ConnectionLike, namespace: string): Promise<void> {
  let registered = await list(connection, namespace);
  const missing = names().filter((name) => registered[name] === undefined);
  if (missing.length > 0) {
    await register(connection, namespace, missing);
    registered = await list(connection, namespace);
  }
  // The server answers OK to a name that exists with another type, and changes nothing.
  const wrong = names().filter((name) => registered[name] !== TYPES[SEARCH_ATTRIBUTES[name]]);
  if (wrong.length > 0) throw notRegistered(namespace, wrong);
}

function names(): Name[] {
  return Object.keys(SEARCH_ATTRIBUTES) as Name[];
}

async function list({ operatorService }: WithOperator, namespace: string) {
  try {
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
    return customAttributes;
  } catch (error) {
    const isRefused = isGrpcServiceError(error) && REFUSALS.includes(error.code);
    throw isRefused ? notAllowed(namespace, error) : error;
  }
}

const REFUSALS: readonly number[] = [GRPC.permissionDenied, GRPC.unauthenticated];

function notAllowed(namespace: string, cause: unknown): Error {
  return new Error(
    `The Temporal server does not know the credentials of this worker, or they may not work in the namespace ${namespace}: ` +
      `${reasonOf(cause)}. Nothing was started. Check TEMPORAL_API_KEY and TEMPORAL_TLS_*, and that they may read and write ` +
      'there (docs/access.md).',
    { cause },
  );
}

async function register(
  { operatorService }: WithOperator,
  namespace: string,
  missing: Name[],
): Promise<void> {
  const searchAttributes = Object.fromEntries(missing.map((name) => [name, TYPES[SEARCH_ATTRIBUTES[name]]]));
  await operatorService.addSearchAttributes({ namespace, searchAttributes }).catch((error: unknown) => {
    throw notRegistered(namespace, missing, error);
  });
}

type WithOperator = Pick<ConnectionLike & { operatorService: OperatorService }, 'operatorService'>;

function notRegistered(namespace: string, wrong: Name[], cause?: unknown): Error {
  const commands = wrong.map(
    (name) =>
      `  temporal operator search-attribute create --namespace ${quoted(namespace, 'NAMESPACE')} --name ${name} ` +
      `--type ${COMMAND_TYPES[SEARCH_ATTRIBUTES[name]]}`,
  );
  const refused = cause === undefined ? '' : ` The server refused to add them: ${reasonOf(cause)}.`;
  return new Error(
    `The namespace ${namespace} lacks search attributes, or has them with another type: ${wrong.join(', ')}.${refused} ` +
      `Nothing was started. Remove those of another type, then run:\n${commands.join('\n')}`,
    { cause },
  );
}

/** The server's own words, without the transport's. */
function reasonOf(error: unknown): string {
  // A native connection leaves the details empty.
  if (isGrpcServiceError(error)) return (error.details || error.message).replace(/\.$/, '');
  if (error instanceof Error && error.cause !== undefined) return reasonOf(error.cause);
  return error instanceof Error ? error.message : 'unknown';
}
