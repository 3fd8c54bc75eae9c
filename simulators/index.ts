import { Books } from './books';
import { answerControl } from './control';
import { DsquaresSimulator } from './dsquares';
import { credentialsOf, environmentOf } from './environment';
import { Faults } from './faults';
import { MircateSimulator } from './mircate';
import { switchesOf, type SimulatorOptions } from './options';
import { PaywallSimulator } from './paywall';
import { RequestLog, type LoggedRequest, type RequestFilter } from './requests';
import { SimulatorServer } from './server';
import { SipaySimulator } from './sipay';
import { WyreSimulator } from './wyre';

export type { BookEntry, Books } from './books';
export type { Redemption } from './dsquares';
export { FAULT_KINDS } from './faults';
export type { Fault, FaultKind, FaultRates, Faults, RandomScope } from './faults';
export type { Spend } from './mircate';
export { PROVIDERS } from './options';
export type { Credentials, Operation, ProviderName, SimulatorOptions, Switches } from './options';
export type { Sale } from './paywall';
export type { LoggedRequest, RequestFilter } from './requests';
export type { Payment } from './sipay';
export type { Order } from './wyre';

/** The five providers behind one port, with their books. */
export interface Simulators {
  readonly url: string;
  readonly dsquares: DsquaresSimulator;
  readonly mircate: MircateSimulator;
  readonly paywall: PaywallSimulator;
  readonly sipay: SipaySimulator;
  readonly wyre: WyreSimulator;
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

/** Starts the five providers on one port. */
export async function startSimulators(options: SimulatorOptions = {}): Promise<Simulators> {
  const { host = '127.0.0.1', port = 0, latencyMs = 0, now = Date.now } = options;
  const switches = switchesOf(options.switches);
  const credentials = credentialsOf(options.credentials);
  const books = new Books();
  const faults = new Faults();
  const log = new RequestLog();
  const world = { books, now };
  const providers = {
    dsquares: new DsquaresSimulator(world, switches.dsquares, credentials.dsquares),
    mircate: new MircateSimulator(world, switches.mircate, credentials.mircate),
    paywall: new PaywallSimulator(world, switches.paywall, credentials.paywall),
    sipay: new SipaySimulator(world, switches.sipay, credentials.sipay),
    wyre: new WyreSimulator(world, switches.wyre, credentials.wyre),
  };
  for (const fault of options.faults ?? []) faults.add(fault);
  const subjects = { ...providers, books, faults, requests: (filter?: RequestFilter) => log.list(filter) };
  const control = options.control ? { control: answerControl(subjects) } : {};
  const server = new SimulatorServer({
    host,
    port,
    latencyMs,
    world,
    providers,
    faults,
    requests: log,
    ...control,
  });
  await server.start();
  return {
    ...subjects,
    url: server.url,
    environment: () => environmentOf(server.url, credentials, switches),
    stop: () => server.stop(),
    start: () => server.start(),
    close: () => server.stop(),
  };
}
