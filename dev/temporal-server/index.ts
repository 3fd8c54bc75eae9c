export { advance, type ClockTarget } from './clock';
export { localConnection } from './connection';
export { findTemporalExecutable, type FindOptions } from './executable';
export { startTemporalServer, type TemporalServer, type TemporalServerOptions } from './server';
