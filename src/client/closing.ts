import { InterceptingCall, Metadata, status } from '@grpc/grpc-js';
import type { Interceptor } from '@grpc/grpc-js';

/** What lets a connection be closed while calls are under way. */
export interface Closing {
  /** Goes below the one that tries calls again. */
  interceptor: Interceptor;
  /** From now on no call reaches the connection. */
  begin: () => void;
}

/**
 * A call that waits to be tried again ends as cancelled once its connection closes. The closed connection itself would
 * throw out of a timer, where nobody can catch it.
 */
export function createClosing(): Closing {
  let isClosed = false;
  return {
    interceptor: (options, nextCall) => new InterceptingCall(isClosed ? CANCELLED : nextCall(options)),
    begin: () => {
      isClosed = true;
    },
  };
}

const nothing = () => undefined;

/** A call that is over as soon as it begins. */
const CANCELLED: ConstructorParameters<typeof InterceptingCall>[0] = {
  start: (_metadata, listener) => {
    listener?.onReceiveMessage?.(null);
    listener?.onReceiveStatus?.({
      ...{ code: status.CANCELLED, details: 'the connection was closed' },
      metadata: new Metadata(),
    });
  },
  ...{ sendMessage: nothing, sendMessageWithContext: nothing, startRead: nothing, halfClose: nothing },
  ...{ cancelWithStatus: nothing, getPeer: () => 'nobody', getAuthContext: () => null },
};
