import { setTimeout } from 'node:timers/promises';
import { Books } from './engine/books';
import { answerControl } from './engine/control';
import { dsquaresApi } from './dsquares/api';
import { DsquaresBooks } from './dsquares/books';
import { credentialsOf, environmentOf } from './environment';
import { exchange } from './engine/exchange';
import { Faults } from './engine/faults';
import { mircateApi } from './mircate/api';
import { MircateBooks } from './mircate/books';
import type { SimulatorOptions } from './options';
import { paywallApi } from './paywall/api';
import { PaywallBooks } from './paywall/books';
import { RequestLog, type LoggedRequest, type RequestFilter } from './engine/requests';
import { SimulatorServer } from './engine/server';
import { sipayApi } from './sipay/api';
import { SipayBooks } from './sipay/books';
import { SipayTokens } from './sipay/tokens';
import { switchesOf } from './switches';
import { wyreApi } from './wyre/api';
import { WyreBooks } from './wyre/books';

export { effectiveOf, own, peakOf } from './engine/books';
export type { BookEntry, Books } from './engine/books';
export type { Redemption } from './dsquares/books';
export { FAULT_KINDS } from './engine/fault-kinds';
export type { Fault, FaultKind, FaultRates, RandomScope } from './engine/fault-kinds';
export type { Faults } from './engine/faults';
export { makesSense } from './engine/fault-places';
export type { Spend } from './mircate/books';
export { PROVIDERS } from './options';
export type { Credentials, Operation, ProviderName, SimulatorOptions } from './options';
export type { Sale } from './paywall/books';
export type { LoggedRequest, RequestFilter } from './engine/requests';
export type { Payment } from './sipay/books';
export type { Switches } from './switches';
export type { Order } from './wyre/books';

/** The books of each provider. */
export interface ProviderBooks {
  readonly dsquares: DsquaresBooks;
  readonly mircate: MircateBooks;
  readonly paywall: PaywallBooks;
  readonly sipay: SipayBooks;
  readonly wyre: WyreBooks;
}

/** The five providers behind one port, with their books. */
export interface Simulators extends ProviderBooks {
  readonly url: string;
  /** What really moved. */
  readonly books: Books;
  /** What shall go wrong. */
  readonly faults: Faults;
  /** What was asked, in the order in which it came. */
  requests(filter?: RequestFilter): LoggedRequest[];
  /** The variables with which a worker uses these simulators. */
  environment(): Record<string, string>;
  /** Refuses connections until `start`; books and faults stay. */
  stop(): Promise<void>;
  /** Takes connections again, on the same port. */
  start(): Promise<void>;
  /** Ends every connection and timer. */
  close(): Promise<void>;
}

/** The five providers without a port: whoever holds them calls `answer` for each request. */
export function createProviders(options: SimulatorOptions = {}) {
  const { latencyMs = 0, now = Date.now, wait = inRealTime } = options;
  const switches = switchesOf(options.switches);
  const credentials = credentialsOf(options.credentials);
  const books = new Books();
  const world = { books, now };
  const tokens = new SipayTokens(now, credentials.sipay, switches.sipay);
  const dsquares = new DsquaresBooks(world);
  const mircate = new MircateBooks(world);
  const paywall = new PaywallBooks(world);
  const sipay = new SipayBooks(world, tokens, switches.sipay.merchantBalance);
  const wyre = new WyreBooks(world, switches.wyre.partnerBalance);
  const providers = {
    dsquares: dsquaresApi(dsquares, switches.dsquares, credentials.dsquares),
    mircate: mircateApi(mircate, switches.mircate, credentials.mircate),
    paywall: paywallApi(paywall, switches.paywall, credentials.paywall),
    sipay: sipayApi(world, sipay, tokens, switches.sipay),
    wyre: wyreApi(world, wyre, switches.wyre, credentials.wyre),
  };
  const faults = new Faults();
  for (const fault of options.faults ?? []) faults.add(fault);
  const log = new RequestLog();
  const subjects = {
    dsquares,
    mircate,
    paywall,
    sipay,
    wyre,
    books,
    faults,
    requests: (filter?: RequestFilter) => log.list(filter),
  };
  const control = options.control ? { control: answerControl(subjects) } : {};
  return {
    subjects,
    answer: exchange({ latencyMs, wait, world, providers, faults, requests: log, ...control }),
    /** The variables with which a worker uses providers that are reached at `url`. */
    environment: (url: string) => environmentOf(url, credentials, switches),
  };
}

function inRealTime(delayMs: number, signal: AbortSignal): Promise<void> {
  return setTimeout(delayMs, undefined, { signal });
}

/** Starts the five providers on one port. */
export async function startSimulators(options: SimulatorOptions = {}): Promise<Simulators> {
  const { host = '127.0.0.1', port = 0 } = options;
  const { subjects, answer, environment } = createProviders(options);
  const server = new SimulatorServer(host, port, answer);
  await server.start();
  return {
    ...subjects,
    url: server.url,
    environment: () => environment(server.url),
    stop: () => server.stop(),
    start: () => server.start(),
    close: () => server.stop(),
  };
}
