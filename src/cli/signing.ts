import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Decision, OperatorClient, Question, RefundState, Resolution } from '../client/operator';
import { together } from '../client/together';
import { exponentOf } from '../domain/currency';
import { describeProblem } from '../domain/details/problem';
import { amountOf, showAmount } from '../domain/money';
import { LEG_NAMES } from '../domain/plan';
import { sightOf } from '../domain/seen';
import { outcomeClaims } from '../statements/claims';
import { requestHash } from '../statements/request-hash';
import { signStatement } from '../statements/sign';
import { UsageError } from './exit-codes';
import { readText } from './input';
import { table } from './layout';
import { renderMarkdown } from './markdown';
import { plain, plainLines } from './text';

/** Signs what a person says, after what is signed was shown. */
export interface Signer {
  decision(client: OperatorClient, decision: Decision): Promise<Decision>;
  /** @param seen what was shown before; left out, it is read and shown now */
  resolution(client: OperatorClient, resolution: Resolution, seen?: Seen): Promise<Resolution>;
}

/** What a person had before them: the state of a refund, and of which of its runs. */
export interface Seen {
  /** Undefined where nothing is signed: then nobody asks for it. */
  runId: string | undefined;
  state: RefundState;
}

/**
 * Reads a person's private key; what it will sign is told by `show` first.
 * @throws UsageError, which repeats nothing of the file
 */
export async function readSigner(file: string, show: (text: string) => void): Promise<Signer> {
  const key = readKey(file, await readText(file));
  return {
    decision: async (client, decision) => {
      const { refundId, by: approver, decision: verb } = decision;
      const { request, firstRunId: run } = await client.question(refundId);
      show(showQuestion(`Signing as ${approver}: ${verb}`, request));
      const claims = { approver, decision: verb, refundId, run, request: requestHash(request) };
      return { ...decision, statement: await signStatement(claims, key) };
    },
    resolution: async (client, resolution, seen) => {
      const { refundId, by: approver, leg, outcome } = resolution;
      const [{ request, runId }, state] = await together([
        client.question(refundId),
        seen ? Promise.resolve(seen.state) : client.state(refundId),
      ]);
      const sight = sightOf(state, leg);
      // Not parked any more: the refund itself says so, whoever signs.
      if (!sight) return resolution;
      show(
        [
          showQuestion(`Signing as ${approver}: ${outcome} for the ${leg} of`, request),
          plainLines(renderMarkdown(describeProblem(leg, sight.problem))),
          ...signedWith(resolution),
        ].join('\n'),
      );
      const about = { approver, refundId, run: seen?.runId ?? runId, request };
      const said = { ...resolution, ...sight };
      return { ...resolution, statement: await signStatement(outcomeClaims(about, said), key) };
    },
  };
}

function signedWith({ evidence, providerReference, despiteProvider }: Resolution): string[] {
  return [
    plain(`Evidence: ${evidence}`),
    ...(providerReference === undefined ? [] : [plain(`Reference: ${providerReference}`)]),
    ...(despiteProvider ? ['Whatever the provider shows when it is asked.'] : []),
  ];
}

function readKey(file: string, pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Told below, like a key of another kind.
  }
  throw new UsageError(
    `${file} must hold an Ed25519 private key as PEM (openssl genpkey -algorithm ed25519); nothing was sent.`,
  );
}

function showQuestion(what: string, request: Question['request']): string {
  const exponent = exponentOf(request.currency) ?? 0;
  const rows = LEG_NAMES.flatMap((name) => {
    const leg = request[name];
    return leg ? [[name, leg.provider, showAmount(amountOf(leg), request.currency, exponent)]] : [];
  });
  return [
    plain(`${what} refund ${request.refundId} of order ${request.orderId}`),
    plain(`Requested by ${request.requestedBy}: ${request.reason}`),
    `${table(['LEG', 'PROVIDER', 'AMOUNT'], rows)}\n`,
  ].join('\n');
}
