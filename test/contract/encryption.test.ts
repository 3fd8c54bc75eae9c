import { createCipheriv } from 'node:crypto';
import { defaultPayloadConverter } from '@temporalio/common';
import type { Payload } from '@temporalio/common';
import type { SerializationContext } from '@temporalio/common/lib/converter/serialization-context';
import { temporal } from '@temporalio/proto';
import { parseKeys } from '../../src/config/keys';
import { NEVER_READABLE } from '../../src/domain/unreadable';
import { createEncryptionCodec } from '../../src/encryption/codec';
import { payloadConverter } from '../../src/workflows/payload-converter';
import { readStartArguments } from '../../src/workflows/start-arguments';
import { contractText } from './validators';

interface JsonPayload {
  metadata: Record<string, string>;
  data: string;
}

interface Vectors {
  payloadKeys: string;
  namespace: string;
  workflowId: string;
  vectors: {
    name: string;
    keyId: string;
    owner: string;
    nonce: string;
    plain: JsonPayload;
    plainBytes: string;
    payload: JsonPayload;
  }[];
  unreadable: {
    name: string;
    payload: JsonPayload;
    readable: string;
    reason?: keyof typeof NEVER_READABLE;
  }[];
}

const contract = JSON.parse(contractText('encryption.json')) as Vectors;
const keys = parseKeys(contract.payloadKeys) ?? [];
const codec = createEncryptionCodec(keys);
const context: SerializationContext = {
  type: 'workflow',
  namespace: contract.namespace,
  workflowId: contract.workflowId,
};

function payloadOf({ metadata, data }: JsonPayload): Payload {
  const bytes = Object.entries(metadata).map(([name, text]) => [name, Buffer.from(text, 'base64')]);
  return {
    metadata: Object.fromEntries(bytes) as Record<string, Uint8Array>,
    data: Buffer.from(data, 'base64'),
  };
}

/** What workflow code reads of the argument of its run, as `refundOrder` does. */
async function started(payload: JsonPayload, keyring = codec) {
  const [decoded] = await keyring.decode([payloadOf(payload)], context);
  if (!decoded) throw new TypeError('no payload');
  return readStartArguments([payloadConverter.fromPayload(decoded, context)], {});
}

describe('a vector of encrypted payloads', () => {
  test.each(contract.vectors.map((vector) => [vector.name, vector] as const))(
    'is read: %s',
    async (_, vector) => {
      const [decoded] = await codec.decode([payloadOf(vector.payload)], context);
      expect(decoded && defaultPayloadConverter.fromPayload(decoded)).toEqual(
        JSON.parse(Buffer.from(vector.plain.data, 'base64').toString()),
      );
      expect(await started(vector.payload)).toMatchObject({ sentInClear: false });
    },
  );

  test.each(contract.vectors.map((vector) => [vector.name, vector] as const))(
    'is made as the page says: %s',
    (_, { keyId, owner, nonce, plain, plainBytes, payload }) => {
      const clear = Buffer.from(plainBytes, 'base64');
      expect(temporal.api.common.v1.Payload.decode(clear)).toMatchObject({
        data: payloadOf(plain).data,
      });
      const secret = keys.find(({ id }) => id === keyId)?.secret ?? Buffer.of();
      const cipher = createCipheriv('aes-256-gcm', secret, Buffer.from(nonce, 'base64')).setAAD(
        Buffer.from(owner),
      );
      const encrypted = [
        Buffer.from(nonce, 'base64'),
        cipher.update(clear),
        cipher.final(),
        cipher.getAuthTag(),
      ];
      const texts = { encoding: 'binary/encrypted', 'key-id': keyId, owner };
      expect(payload).toEqual({
        metadata: Object.fromEntries(
          Object.entries(texts).map(([name, text]) => [name, Buffer.from(text).toString('base64')]),
        ),
        data: Buffer.concat(encrypted).toString('base64'),
      });
    },
  );
});

describe('the argument of a run that is encrypted', () => {
  const never = contract.unreadable.filter(({ readable }) => readable === 'never');
  const notYet = contract.unreadable.filter(({ readable }) => readable !== 'never');

  test.each(never.map((vector) => [vector.name, vector] as const))(
    '%s is refused for good',
    async (_, vector) => {
      const reason = vector.reason ?? 'noPayload';
      expect(await started(vector.payload)).toEqual({ problem: `(request): ${NEVER_READABLE[reason]}` });
    },
  );

  test.each(notYet.map((vector) => [vector.name, vector] as const))(
    '%s waits for its key',
    async (_, vector) => {
      await expect(started(vector.payload)).rejects.toThrow(/^Unknown encoding: binary\/encrypted /);
    },
  );

  test('has every reason for good among the vectors, and may have each of them under other keys too', async () => {
    expect(new Set(never.map(({ reason }) => reason))).toEqual(new Set(Object.keys(NEVER_READABLE)));
    const others = createEncryptionCodec(parseKeys(`new:${Buffer.alloc(32, 7).toString('base64')}`) ?? []);
    const keyless = never.filter(({ reason = '' }) =>
      ['otherOwner', 'noSuchKey', 'ownLabel'].includes(reason),
    );
    for (const { payload } of keyless) expect(await started(payload, others)).toHaveProperty('problem');
    expect(keyless.length).toBeGreaterThan(3);
  });

  test('waits in any case where its worker has no keys: it decides nothing', () => {
    for (const { payload } of contract.unreadable) {
      const read = () => readStartArguments([payloadConverter.fromPayload(payloadOf(payload), context)], {});
      expect(read).toThrow(/^Unknown encoding: binary\/encrypted/);
    }
  });
});
