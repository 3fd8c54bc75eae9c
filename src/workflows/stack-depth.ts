/*
 * The SDK takes a stack at every promise, for the "Call Stack" of a run in the UI, and maps each of its frames to its
 * source: with V8's ten frames that is more than half of the CPU that workflow code takes (docs/adr/014). Preloaded,
 * because later nothing in the isolate can be changed any more.
 */
Error.stackTraceLimit = 5;
export {};
