import { mulberry32 } from '../../simulators/engine/random';
import { diceOf } from '../../dev/simulation/dice';
import type { Dice } from '../../dev/simulation/dice';

/** JSON that may be anything. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
/** An object of JSON. */
export type Fields = Record<string, Json>;

const LETTERS = 'ABCXYZabcxyz';
const DIGITS = '0123456789';
/** Printable, from one byte of UTF-8 to four, and with letters that are joined by invisible marks. */
const PRINTABLE = [
  ...['a', 'Z', '0', ' ', '.', ',', '-', '"', '\\', '/', '<', 'é'],
  '\u{1f600}',
  '\u{10ffff}',
  '語',
  '\u200c',
  '\u200d',
  '\u0301',
  '\ufffd',
];

/** Requests and what breaks them, by chance of one seed. */
export function createGenerator(seed: number) {
  const dice = diceOf(mulberry32(seed));
  return { request: () => aRequest(dice), broken: (request: Fields) => broken(dice, request) };
}

function aRequest(dice: Dice): Fields {
  const legs = Object.entries(LEGS).map(([name, shapes]): [string, Json] => [
    name,
    dice.oneOf(...shapes)(dice),
  ]);
  const kept = legs.filter(() => dice.maybe(0.75));
  return {
    refundId: name(dice, 64, '._-'),
    orderId: name(dice, 64, '._-'),
    currency: dice.oneOf('TRY', 'EUR', 'JPY', 'KWD'),
    requestedBy: name(dice, 64, '._@+-'),
    reason: text(dice, 200),
    ...Object.fromEntries(kept.length > 0 ? kept : legs.slice(0, 1)),
    ...(dice.maybe(0.4) && { paid: paid(dice) }),
    ...(dice.maybe(0.1) && kept.length === 1 ? { [kept[0]?.[0] === 'cash' ? 'sale' : 'cash']: null } : {}),
  };
}

function paid(dice: Dice): Fields {
  const legs = ['loyalty', 'sale', 'cash'].filter(() => dice.maybe(0.7));
  return Object.fromEntries(legs.map((leg) => [leg, dice.maybe(0.1) ? null : amount(dice)]));
}

const LEGS: Record<string, ((dice: Dice) => Fields)[]> = {
  loyalty: [
    (dice) => ({
      provider: 'dsquares',
      walletCode: chars(dice, whole(dice, 1, 64), `${LETTERS}${DIGITS}_-`),
      contactMsisdn: `${dice.oneOf('', '+')}${chars(dice, whole(dice, 5, 15), DIGITS)}`,
      branchMsisdn: chars(dice, whole(dice, 5, 15), DIGITS),
      transactionId: `${whole(dice, 1, 9)}${chars(dice, whole(dice, 0, 14), DIGITS)}`,
      points: amount(dice),
      ...dice.oneOf<Fields>({}, { invoiceNumber: null }, { invoiceNumber: text(dice, 64) }),
    }),
    (dice) => ({
      ...{ provider: 'mircate', transactionId: name(dice, 128, '._:-'), points: amount(dice) },
      ...dice.oneOf<Fields>(
        { accountNumber: name(dice, 128, '._:-') },
        { accountNumber: name(dice, 128, '._:-'), walletId: null },
        { walletId: name(dice, 128, '._:-'), walletCurrency: name(dice, 128, '._:-') },
      ),
    }),
  ],
  sale: [
    (dice) => ({
      provider: 'paywall',
      externalReference: text(dice, 128),
      amountMinor: amount(dice),
      rollbackFee: dice.maybe(0.5),
      rollbackCashback: dice.maybe(0.5),
    }),
  ],
  cash: [
    (dice) => ({
      provider: 'sipay',
      transactionId: chars(dice, whole(dice, 1, 32), `${LETTERS}${DIGITS}`),
      amountMinor: amount(dice),
    }),
    (dice) => ({
      provider: 'wyre',
      orderId: chars(dice, whole(dice, 1, 64), `${LETTERS}_-`),
      amountMinor: amount(dice),
      purchasedAt: dice.oneOf(
        '2024-02-29T10:00:00Z',
        '2025-11-01T23:59:59.123456+03:00',
        '2001-01-01T00:00:00-11:30',
      ),
    }),
  ],
};

function whole(dice: Dice, least: number, most: number): number {
  return Math.floor(dice.between(least, most + 1));
}

function amount(dice: Dice): number {
  return dice.oneOf(1, 10 ** 12, whole(dice, 1, 100_000));
}

function chars(dice: Dice, length: number, alphabet: string): string {
  return Array.from({ length }, () => alphabet[whole(dice, 0, alphabet.length - 1)]).join('');
}

function name(dice: Dice, longest: number, marks: string): string {
  const rest = chars(dice, whole(dice, 0, longest - 1), `${LETTERS}${DIGITS}${marks}`);
  return chars(dice, 1, `${LETTERS}${DIGITS}`) + rest;
}

/** Of up to so many code points, often just as many, and visible at both ends. */
function text(dice: Dice, longest: number): string {
  const length = dice.oneOf(longest, whole(dice, 1, longest));
  const inner = Array.from({ length: Math.max(0, length - 2) }, () => dice.oneOf(...PRINTABLE));
  const end = () => dice.oneOf('x', 'é', '\u{1f600}', '語');
  return [end(), ...inner, ...(length > 1 ? [end()] : [])].join('');
}

/** What can be done to one value. Some of it leaves a request valid. */
const BREAKAGES: Record<string, (value: Json, dice: Dice) => Json | undefined> = {
  missing: () => undefined,
  null: () => null,
  boolean: () => true,
  number: () => 5,
  text: () => 'x',
  list: (value) => [value],
  'empty object': () => ({}),
  'empty list': () => [],
  'empty text': () => '',
  zero: () => 0,
  negative: () => -1,
  fraction: () => 1.5,
  'too large': () => 10 ** 12 + 1,
  'beyond integers': () => 1e300,
  'number as text': asText,
  'too long': (value, dice) => `${asText(value)}${'a'.repeat(whole(dice, 1, 300))}`,
  'as long in code points': (_, dice) => '\u{1f600}'.repeat(dice.oneOf(64, 65, 128, 129, 200, 201)),
  dot: () => '.',
  dots: () => '..',
  'another case': (value) => asText(value).toUpperCase(),
  'blank before': (value, dice) => dice.oneOf(...BLANKS) + asText(value),
  'blank after': (value, dice) => asText(value) + dice.oneOf(...BLANKS),
  'blanks alone': (_, dice) => dice.oneOf(...BLANKS).repeat(2),
  'blank inside': (value, dice) => `a${dice.oneOf(...BLANKS)}${asText(value)}`,
  unprintable: (value, dice) => `a${dice.oneOf(...UNPRINTABLE)}${asText(value)}`,
  'beside the unprintable': (_, dice) => `a${dice.oneOf(...PRINTABLE_NEIGHBOURS)}b`,
  'line end': (value) => `${asText(value)}\n`,
  'other digits': (value) => `${asText(value)}\u0665`,
  'mark first': (value, dice) => dice.oneOf('.', '_', '-', '@', ':', '+', '/') + asText(value),
  'mark last': (value, dice) => asText(value) + dice.oneOf('.', '_', '-', '@', ':', '+', '/'),
  'no such day': () => '2025-02-29T10:00:00Z',
  'without an offset': () => '2025-02-28T10:00:00',
  'without seconds': () => '2025-02-28T10:00Z',
  'a leap second': () => '2016-12-31T23:59:60Z',
  'small letters': () => '2025-02-28t10:00:00z',
  'another provider': (_, dice) => dice.oneOf('dsquares', 'mircate', 'paywall', 'sipay', 'wyre', 'toString'),
};

const BLANKS = [0x20, 0xa0, 0x1680, 0x2000, 0x2003, 0x200b, 0x202f, 0x205f, 0x3000, 0xfeff].map(ofCode);
const UNPRINTABLE = [
  0x00, 0x09, 0x0a, 0x1f, 0x7f, 0x85, 0x9f, 0x061c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e, 0x2066,
  0x2069,
].map(ofCode);
const PRINTABLE_NEIGHBOURS = [0x7e, 0xa1, 0x061b, 0x061d, 0x200d, 0x2010, 0x2027, 0x2065, 0x206a, 0xfffd].map(
  ofCode,
);

function ofCode(point: number): string {
  return String.fromCodePoint(point);
}

function asText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A request that was broken, and where and how. */
export interface Broken {
  value: Json;
  field: string;
  kind: string;
}

/** Every breakage of one field, chosen by chance, and requests with a field too many beside it. */
function broken(dice: Dice, request: Fields): Broken[] {
  const paths = pathsOf(request);
  const path = dice.oneOf(...paths);
  const field = path.join('.');
  const breaks = Object.entries(BREAKAGES).map(([kind, breakage]) => ({
    ...{ field, kind },
    value: changed(request, path, (value) => breakage(value, dice)),
  }));
  const parent = path.slice(0, -1);
  const surplus = SURPLUS.map((name) => ({
    ...{ field: [...parent, '*'].join('.'), kind: `surplus ${name}` },
    value: changed(request, parent, (value) => JSON.parse(withField(value, name)) as Json),
  }));
  return [...breaks, ...surplus].map(({ value, ...rest }) => ({ ...rest, value: value ?? null }));
}

const SURPLUS = ['extra', '__proto__', 'constructor', 'Currency', 'refundid', ''].concat([
  ...['accountNumber', 'walletId', 'walletCurrency'],
]);

/** By way of text, because no literal can have a field `__proto__`. */
function withField(value: Json, field: string): string {
  const json = JSON.stringify(value);
  return `${json.slice(0, -1)}${json === '{}' ? '' : ','}${JSON.stringify(field)}:"x"}`;
}

function pathsOf(value: Json, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return path.length > 0 ? [path] : [];
  const inner = Object.entries(value).flatMap(([name, part]) => pathsOf(part, [...path, name]));
  return path.length > 0 ? [path, ...inner] : inner;
}

function changed(
  value: Json,
  path: readonly string[],
  change: (value: Json) => Json | undefined,
): Json | undefined {
  const [first, ...rest] = path;
  if (first === undefined) return change(value);
  const fields = { ...(value as Fields) };
  const inner = changed(fields[first] ?? null, rest, change);
  const { [first]: _, ...without } = fields;
  return inner === undefined ? without : { ...fields, [first]: inner };
}
