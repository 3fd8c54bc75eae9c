import { contractFiles } from '../../dev/contract/files';
import { same } from '../../dev/contract/same';
import { LEG_NAMES } from '../../src/domain/plan';
import { faultOfDecision } from '../../src/domain/decision';
import { faultOfReleaseHold } from '../../src/domain/order/messages';
import { OUTCOME_NAMES } from '../../src/domain/resolution';
import { refusalOfResolution } from '../../src/domain/resolution-refusals';
import { contractText, validatorOf } from './validators';

test.each([...contractFiles()])('%s is what npm run contract writes', (name, text) => {
  expect(contractText(name)).toBe(text);
});

test('a schema whose type is not the code’s does not compile', () => {
  expect(same<{ readonly a: readonly { b?: string }[] }, { a: { b?: string }[] }>(true)).toBe(true);
  // @ts-expect-error one more may be absent
  same<{ a: string }, { a?: string }>(true);
  // @ts-expect-error one more value
  same<{ a: 'x' }, { a: 'x' | 'y' }>(true);
  // @ts-expect-error one more field
  same<{ a: { b: string } }, { a: { b: string; c?: string } }>(true);
});

const TEXTS = [
  '',
  ' ',
  'seen',
  ' seen ',
  'a\u0000',
  'a\u2066b',
  '\u{1f600}',
  '\u200b',
  5,
  true,
  {},
  null,
  undefined,
];
const LONG = [64, 65, 500, 501].flatMap((length) => ['a'.repeat(length), '\u{1f600}'.repeat(length)]);
const PEOPLE = ['ana', 'a@b.c', 'Ana Maria', '', '-a', 'a\n', 'é', 7, null, undefined];

/** As JSON carries it: what is undefined is absent. */
function sent(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}

test('the schema of a decision and the saga agree', () => {
  const isAccepted = validatorOf('decision.schema.json');
  const decisions = [...TEXTS, ...LONG].flatMap((note) => PEOPLE.map((by) => sent({ by, note })));
  const disagreed = decisions.filter(
    (decision) => isAccepted(decision) !== (faultOfDecision(decision) === undefined),
  );
  expect(disagreed).toEqual([]);
  expect(decisions.filter((decision) => isAccepted(decision)).length).toBeGreaterThan(20);
});

test('the schema of a resolution and the saga agree, where a leg accepts every outcome', () => {
  const isAccepted = validatorOf('resolve-leg.schema.json');
  const state = {
    refundId: 'rf-1',
    orderId: 'o-1',
    status: 'refunding',
    waitingOn: 'operator',
    legs: {},
    people: [],
  } as const;
  const word = { leg: 'cash', outcome: 'retry', by: 'ana', evidence: 'seen', providerReference: '46175' };
  const resolutions = [
    ...[...TEXTS, ...LONG].flatMap((text) => [
      { ...word, evidence: text },
      { ...word, providerReference: text },
      { ...word, outcome: 'refunded', providerReference: text },
    ]),
    ...PEOPLE.map((by) => ({ ...word, by })),
    ...[...LEG_NAMES, 'wallet', '', null].map((leg) => ({ ...word, leg })),
    ...[...OUTCOME_NAMES, 'approve', '', null].map((outcome) => ({ ...word, outcome })),
    ...[true, false, 'true', null].map((despiteProvider) => ({ ...word, despiteProvider })),
  ].map(sent);
  const disagreed = resolutions.filter((resolution) => {
    const context = {
      ...{ state, requestedBy: 'order-service' },
      ...{ acceptedFor: () => OUTCOME_NAMES, isSigned: () => false, mustLookAgain: () => false },
    };
    const refusal = refusalOfResolution(resolution, context);
    return isAccepted(resolution) !== (refusal === undefined);
  });
  expect(disagreed).toEqual([]);
  expect(resolutions.filter((resolution) => isAccepted(resolution)).length).toBeGreaterThan(20);
});

test('the schema of a release and an order agree', () => {
  const isAccepted = validatorOf('release-hold.schema.json');
  const word = { refundId: 'rf-1', by: 'ana', evidence: 'seen' };
  const ids = ['rf-1', 'a'.repeat(64), 'a'.repeat(65), '.rf', 'rf 1', 'rf-1\n', '', 7, null, undefined];
  const releases = [
    ...[...TEXTS, ...LONG].map((evidence) => ({ ...word, evidence })),
    ...PEOPLE.map((by) => ({ ...word, by })),
    ...ids.map((refundId) => ({ ...word, refundId })),
  ].map(sent);
  const disagreed = releases.filter(
    (release) => isAccepted(release) !== (faultOfReleaseHold(release) === undefined),
  );
  expect(disagreed).toEqual([]);
  expect(releases.filter((release) => isAccepted(release)).length).toBeGreaterThan(10);
});
