import http from 'node:http';
import type https from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** How far one call has come on its way to the provider. */
export interface Passage {
  /** Asked at the last moment before bytes leave. */
  isInTime(): boolean;
  /** Whether bytes may have left this machine. */
  mayHaveLeft: boolean;
  /** Whether the provider may still be busy with the handshake of the connection, and so has read nothing. */
  isHandshakeOpen: boolean;
}

/** The code of a call that was stopped before its bytes left. */
export const TOO_LATE = 'ERR_TOO_LATE';

/** Options that Node would otherwise read from a polluted `Object.prototype`; of a header sent twice no part is lost. */
const OWN_OPTIONS: http.RequestOptions = {
  setHost: undefined,
  maxHeaderSize: undefined,
  joinDuplicateHeaders: true,
};

/** Node's transport, which notes when a connection is up: from then on bytes may leave, or it is too late for them. */
export function watched(transport: typeof http | typeof https, passage: Passage) {
  return {
    request(options: http.RequestOptions, onResponse: (response: http.IncomingMessage) => void) {
      const request = transport.request({ ...OWN_OPTIONS, ...options }, onResponse);
      const onConnected = () => {
        if (passage.isInTime()) passage.mayHaveLeft = true;
        else request.destroy(Object.assign(new Error('too late'), { code: TOO_LATE }));
      };
      request.once('socket', (socket: Socket) => {
        if (!socket.connecting) onConnected();
        else if (transport === http) socket.once('connect', onConnected);
        else {
          socket.once('secureConnect', () => {
            watchHandshake(socket, passage);
            onConnected();
          });
        }
      });
      return request;
    },
  };
}

/**
 * In TLS 1.3 our bytes leave together with our certificate, before the provider has looked at it. Until then it may not
 * read them (RFC 8446, 4.4.4), and its first byte shows that it has.
 */
function watchHandshake(socket: Socket, passage: Passage): void {
  if (!(socket instanceof TLSSocket) || socket.getProtocol() !== 'TLSv1.3') return;
  passage.isHandshakeOpen = true;
  socket.once('data', () => (passage.isHandshakeOpen = false));
}

/** Alerts by which a server refuses a handshake, and which mean nothing after it (RFC 8446, 6.2), as OpenSSL names them. */
const HANDSHAKE_ALERT =
  /^ERR_SSL_.*ALERT_(?:CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_REVOKED|CERTIFICATE_EXPIRED|CERTIFICATE_UNKNOWN|UNKNOWN_CA|HANDSHAKE_FAILURE)$/;

/** Whether the provider may have read the request of a call that ended in this error. */
export function mayHaveBeenRead({ mayHaveLeft, isHandshakeOpen }: Passage, error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return mayHaveLeft && !(isHandshakeOpen && HANDSHAKE_ALERT.test(code));
}
