import { Books } from './books';
import { answerControl } from './control';
import { dsquaresApi } from './dsquares';
import { DsquaresBooks } from './dsquares-books';
import { credentialsOf, environmentOf } from './environment';
import { exchange } from './exchange';
import { Faults } from './faults';
import { mircateApi } from './mircate';
import { MircateBooks } from './mircate-books';
import { switchesOf, type SimulatorOptions } from './options';
import { paywallApi } from './paywall';
import { PaywallBooks } from './paywall-books';
import { RequestLog, type LoggedRequest, type RequestFilter } from './requests';
import { SimulatorServer } from './server';
import { sipayApi } from './sipay';
import { SipayBooks } from './sipay-books';
import { SipayTokens } from './sipay-tokens';
import { wyreApi } from './wyre';
import { WyreBooks } from './wyre-books';

export type { BookEntry, Books } from './books';
export type { Redemption } from './dsquares-books';
export { FAULT_KINDS } from './fault-kinds';
export type { Fault, FaultKind, FaultRates, RandomScope } from './fault-kinds';
export type { Faults } from './faults';
export type { Spend } from './mircate-books';
export { PROVIDERS } from './options';
export type { Credentials, Operation, ProviderName, SimulatorOptions, Switches } from './options';
export type { Sale } from './paywall-books';
export type { LoggedRequest, RequestFilter } from './requests';
export type { Payment } from './sipay-books';
export type { Order } from './wyre-books';

/** The five providers behind one port, with their books. */
export interface Simulators {
  readonly url: string;
  readonly dsquares: DsquaresBooks;
  readonly mircate: MircateBooks;
  readonly paywall: PaywallBooks;
  readonly sipay: SipayBooks;
  readonly wyre: WyreBooks;
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
  const { latencyMs = 0, now = Date.now } = options;
  const switches = switchesOf(options.switches);
  const credentials = credentialsOf(options.credentials);
  const books = new Books();
  const world = { books, now };
  const tokens = new SipayTokens(now, credentials.sipay);
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
    answer: exchange({ latencyMs, world, providers, faults, requests: log, ...control }),
    /** The variables with which a worker uses providers that are reached at `url`. */
    environment: (url: string) => environmentOf(url, credentials, switches),
  };
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
