import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import {
  ApplicationFailure,
  defaultFailureConverter,
  defaultPayloadConverter,
  ValueError,
} from '@temporalio/common';
import type { Payload } from '@temporalio/common';
import type { SerializationContext } from '@temporalio/common/lib/converter/serialization-context';
import { decodeFailure, encodeFailure } from '@temporalio/common/lib/internal-non-workflow';
import { msToTs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createRefundClient } from '../src/client';
import { parseKeys } from '../src/config/keys';
import { createEncryptionCodec, dataConverterFor } from '../src/encryption/codec';
import { failureConverter } from '../src/encryption/failure-converter';
import { aMircateLeg, aRefund, booked } from './support/requests';
import { startSaga, type Saga } from './support/saga';

const SECRETS = { new: randomBytes(32), old: randomBytes(32), lost: randomBytes(32) };
type KeyId = keyof typeof SECRETS;

function environmentOf(...ids: KeyId[]): string {
  return ids.map((id) => `${id}:${SECRETS[id].toString('base64')}`).join(',');
}

function keysOf(...ids: KeyId[]) {
  return parseKeys(environmentOf(...ids)) ?? [];
}

function codecOf(...ids: KeyId[]) {
  return createEncryptionCodec(keysOf(...ids));
}

function workflow(workflowId = 'refund:a', namespace = 'default'): SerializationContext {
  return { type: 'workflow', namespace, workflowId };
}

function payloadOf(value: unknown): Payload {
  return defaultPayloadConverter.toPayload(value);
}

async function encrypt(value: unknown, codec = codecOf('new'), context = workflow()): Promise<Payload> {
  const [payload] = await codec.encode([payloadOf(value)], context);
  if (!payload) throw new TypeError('no payload');
  return payload;
}

async function read(
  payload: Payload,
  codec = codecOf('new'),
  context?: SerializationContext,
): Promise<unknown> {
  const [clear] = await codec.decode([payload], context ?? workflow());
  if (!clear) throw new TypeError('no payload');
  return defaultPayloadConverter.fromPayload(clear);
}

/** A copy with other data, or other metadata. */
function altered(
  payload: Payload,
  { data, ...metadata }: { data?: Uint8Array; owner?: string; 'key-id'?: string },
): Payload {
  const texts = Object.entries(metadata).map(([name, text]) => [name, Buffer.from(text)]);
  return {
    metadata: { ...payload.metadata, ...(Object.fromEntries(texts) as Record<string, Uint8Array>) },
    data: data ?? payload.data,
  };
}

function flipped({ data }: Payload, at: number): Uint8Array {
  const copy = Buffer.from(data ?? []);
  const index = at < 0 ? copy.length + at : at;
  copy.writeUInt8(copy.readUInt8(index) ^ 1, index);
  return copy;
}

describe('the codec', () => {
  test.each([
    ['an object', { by: 'ana', note: 'ğüş 😀' }],
    ['a text', ''],
    ['null', null],
    ['nothing', undefined],
    ['bytes', new Uint8Array([0, 255, 1])],
    ['much', 'x'.repeat(1_000_000)],
  ])('gives back %s, and shows nothing of it before', async (_, value) => {
    const payload = await encrypt(value);
    expect(Object.keys(payload.metadata ?? {}).sort()).toEqual(['encoding', 'key-id', 'owner']);
    expect(Buffer.from(payload.metadata?.encoding ?? []).toString()).toBe('binary/encrypted');
    const clear = temporal.api.common.v1.Payload.encode(payloadOf(value)).finish();
    expect(Buffer.from(payload.data ?? []).includes(Buffer.from(clear))).toBe(false);
    expect(await read(payload)).toEqual(value);
  });

  test('never encrypts the same in the same way', async () => {
    const [one, other] = await Promise.all([encrypt('same'), encrypt('same')]);
    expect(Buffer.compare(one.data ?? Buffer.of(), other.data ?? Buffer.of())).not.toBe(0);
  });

  test('encrypts with the first key and decrypts with any', async () => {
    const before = await encrypt('x', codecOf('old'));
    const after = await encrypt('x', codecOf('new', 'old'));
    const keyId = (payload: Payload) => Buffer.from(payload.metadata?.['key-id'] ?? []).toString();
    expect([keyId(before), keyId(after)]).toEqual(['old', 'new']);
    expect(await read(before, codecOf('new', 'old'))).toBe('x');
    expect(await read(after, codecOf('old', 'new'))).toBe('x');
    await expect(read(after, codecOf('old'))).rejects.toThrow('a key that PAYLOAD_KEYS does not hold');
  });

  test('lets through what is not encrypted', async () => {
    const clear = payloadOf({ by: 'ana' });
    expect(await codecOf('new').decode([clear], workflow())).toEqual([clear]);
    expect(await read(clear)).toEqual({ by: 'ana' });
  });

  test('decrypts for the activities of the same workflow, and where nobody says for whom', async () => {
    const payload = await encrypt('x');
    const activity = {
      type: 'activity',
      namespace: 'default',
      workflowId: 'refund:a',
      isLocal: false,
    } as const;
    expect(await read(payload, codecOf('new'), activity)).toBe('x');
    const [clear] = await codecOf('new').decode([payload]);
    expect(clear && defaultPayloadConverter.fromPayload(clear)).toBe('x');
  });

  const CLEAR = 'canary-905551112233';
  const damage: [string, string, (payload: Payload) => Payload][] = [
    ['of an unknown key', 'a key that PAYLOAD_KEYS does not hold', (at) => altered(at, { 'key-id': 'gone' })],
    ['of another key', 'damaged', (at) => altered(at, { 'key-id': 'old' })],
    ['of another workflow', 'another workflow', (at) => altered(at, { owner: 'default/refund:b' })],
    ['of another namespace', 'another workflow', (at) => altered(at, { owner: 'other/refund:a' })],
    ['of nobody', 'another workflow', (at) => altered(at, { owner: '' })],
    ['of its whole namespace', 'damaged', (at) => altered(at, { owner: 'default/' })],
    ['of another whole namespace', 'another workflow', (at) => altered(at, { owner: 'other/' })],
    ['of a key without a name', 'no such id can exist', (at) => altered(at, { 'key-id': `x ${CLEAR}` })],
    ['with another nonce', 'damaged', (at) => altered(at, { data: flipped(at, 0) })],
    ['with another content', 'damaged', (at) => altered(at, { data: flipped(at, 12) })],
    ['with another tag', 'damaged', (at) => altered(at, { data: flipped(at, -1) })],
    [
      'with more at its end',
      'damaged',
      (at) => altered(at, { data: Buffer.concat([at.data ?? Buffer.of(), Buffer.of(0)]) }),
    ],
    ['without its end', 'damaged', (at) => altered(at, { data: at.data?.subarray(0, -1) })],
    ...[0, 1, 12, 16, 20, 27, 28].map((length): (typeof damage)[number] => [
      `of ${length} bytes`,
      'damaged',
      (at) => altered(at, { data: at.data?.subarray(0, length) }),
    ]),
    ['without data', 'damaged', (at) => ({ metadata: at.metadata })],
  ];
  test.each(damage)(
    'refuses a payload %s when it is read, saying "%s" and nothing secret',
    async (_, why, harm) => {
      const codec = codecOf('new', 'old');
      const reading = read(harm(await encrypt(CLEAR, codec)), codec);
      await expect(reading).rejects.toBeInstanceOf(ValueError);
      const { message, stack } = (await reading.catch((error: unknown) => error as Error)) as Error;
      expect(message).toMatch(new RegExp(`^Unknown encoding: binary/encrypted .*${why}`));
      for (const secret of [
        CLEAR,
        ...Object.values(SECRETS).flatMap((key) => [key.toString('base64'), key.toString('hex')]),
      ]) {
        expect(`${message}${stack ?? ''}`).not.toContain(secret);
      }
    },
  );

  test('does not decrypt for another workflow or namespace what was moved there untouched', async () => {
    const payload = await encrypt(CLEAR);
    for (const context of [workflow('refund:b'), workflow('refund:a', 'other')]) {
      await expect(read(payload, codecOf('new'), context)).rejects.toThrow('for another workflow');
    }
  });

  test('does not decrypt for another workflow what was labelled as its own', async () => {
    const stolen = altered(await encrypt(CLEAR, codecOf('new'), workflow('refund:b')), {
      owner: 'default/refund:a',
    });
    await expect(read(stolen)).rejects.toThrow('and damaged');
  });

  test('reads the good payloads beside a bad one', async () => {
    const good = await encrypt('x');
    const decoded = await codecOf('new').decode(
      [altered(good, { data: flipped(good, 0) }), good],
      workflow(),
    );
    expect(decoded[1] && defaultPayloadConverter.fromPayload(decoded[1])).toBe('x');
  });

  test('is none without keys, and cannot be made without', () => {
    expect(dataConverterFor([])).not.toHaveProperty('payloadCodecs');
    expect(() => createEncryptionCodec([])).toThrow('needs a key');
  });
});

/** Which activity, which attempt and when. */
const MARKER_HEADER = [
  'activity_id',
  'activity_type',
  'attempt',
  'backoff',
  'complete_time',
  'original_schedule_time',
  'seq',
];

function isEncrypted(metadata: Payload['metadata']): boolean {
  return Buffer.from(metadata?.encoding ?? []).toString() === 'binary/encrypted';
}

/** Every payload of a message from the server, by where it stands; search attributes are indexed and never encrypted. */
function payloadsIn(message: unknown, place = ''): [string, Payload][] {
  if (typeof message !== 'object' || message === null || message instanceof Uint8Array) return [];
  if ('metadata' in message && 'data' in message) return [[place, message as Payload]];
  return Object.entries(message)
    .filter(([name]) => name !== 'searchAttributes')
    .flatMap(([name, inner]) => payloadsIn(inner, `${place}.${name}`));
}

describe('an encrypted refund', () => {
  let saga: Saga;
  let plain: Client;
  let withOldKey: Client;

  beforeAll(async () => {
    saga = await startSaga({
      environment: { PAYLOAD_KEYS: environmentOf('new', 'old'), APPROVAL_LIMITS: 'TRY=1' },
    });
    plain = new Client({ connection: saga.connection });
    withOldKey = new Client({ connection: saga.connection, dataConverter: dataConverterFor(keysOf('old')) });
  });
  afterAll(() => saga.close());

  async function awaitingApproval(client = saga.client) {
    const request = aRefund(saga.simulators, { reason: 'canary reason' });
    const refunds = createRefundClient({ client, taskQueue: saga.taskQueue });
    await refunds.start(request);
    const handle = saga.client.workflow.getHandle(`refund:${request.refundId}`);
    await saga.until(handle, ({ status }) => status === 'awaitingApproval');
    return { request, handle };
  }

  const historyOf = (handle: WorkflowHandle) => plain.workflow.getHandle(handle.workflowId).fetchHistory();

  test('is approved by an encrypted signal, and its history holds no payload in the clear', async () => {
    const { request, handle } = await awaitingApproval();
    await handle.signal('approve', { by: 'ana', note: 'canary note' });
    expect(await handle.result()).toMatchObject({
      status: 'refunded',
      approval: { by: 'ana', note: 'canary note' },
    });
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 500, sale: 10_000, cash: 2_550 });

    const { events } = await historyOf(handle);
    const description = await saga.client.workflowService.describeWorkflowExecution({
      namespace: 'default',
      execution: { workflowId: handle.workflowId },
    });
    const payloads = payloadsIn({ events, description });
    expect(payloads.length).toBeGreaterThan(10);
    const clear = payloads.filter(([, { metadata }]) => !isEncrypted(metadata));
    // A local activity's marker has a header of Temporal's own.
    expect(clear.map(([place]) => place.replace(/\d+/g, 'n'))).toEqual([
      '.events.n.markerRecordedEventAttributes.details.data.payloads.n',
    ]);
    const header = clear.map(([, payload]) => defaultPayloadConverter.fromPayload<object>(payload));
    expect(Object.keys(header[0] ?? {}).sort()).toEqual(MARKER_HEADER);
    const bytes = Buffer.from(temporal.api.history.v1.History.encode({ events }).finish());
    const canaries = [request.loyalty, request.sale, request.cash].flatMap((leg) => Object.values(leg ?? {}));
    for (const canary of [
      'canary',
      ...canaries.filter((value) => typeof value === 'string' && value.length > 8),
    ]) {
      expect([canary, bytes.includes(String(canary))]).toEqual([canary, false]);
    }
  });

  test('is approved by a signal in the clear, from a sender without keys', async () => {
    const { handle } = await awaitingApproval();
    await plain.workflow.getHandle(handle.workflowId).signal('approve', { by: 'ana' });
    expect(await handle.result()).toMatchObject({ status: 'refunded', approval: { by: 'ana' } });
  });

  test('is decided by an encrypted update', async () => {
    const { handle } = await awaitingApproval();
    const state = await handle.executeUpdate('decide', { args: [{ decision: 'reject', by: 'ana' }] });
    expect(state).toMatchObject({ approval: { decision: 'rejected', by: 'ana' } });
    expect(await handle.result()).toMatchObject({ status: 'rejected' });
  });

  test('refuses in words that need no key, and fails as invalid in the same way', async () => {
    const { handle } = await awaitingApproval();
    const own = { decision: 'approve', by: 'order-service' };
    const refused = plain.workflow.getHandle(handle.workflowId).executeUpdate('decide', { args: [own] });
    await expect(refused).rejects.toMatchObject({
      cause: { type: 'DecisionRefused', message: expect.stringContaining('cannot decide on it') as unknown },
    });
    await handle.terminate();
    const wrong = await saga.start({ ...aRefund(saga.simulators), currency: 'canary' });
    await wrong.result().catch(() => undefined);
    const { events } = await historyOf(wrong);
    expect(events?.at(-1)?.workflowExecutionFailedEventAttributes?.failure).toMatchObject({
      message: expect.stringContaining('currency: must be') as unknown,
      applicationFailureInfo: { type: 'InvalidRefundRequest' },
    });
  });

  test('that was started with the old key goes on with the new one', async () => {
    const { handle } = await awaitingApproval(withOldKey);
    await withOldKey.workflow.getHandle(handle.workflowId).signal('approve', { by: 'ana' });
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
    await expect(withOldKey.workflow.getHandle(handle.workflowId).result()).rejects.toThrow(
      'PAYLOAD_KEYS does not hold',
    );
    await expect(plain.workflow.getHandle(handle.workflowId).result()).rejects.toThrow(
      'Unknown encoding: binary/encrypted',
    );
  });

  test('is neither moved nor frozen by messages that cannot be decrypted; they are listed or refused', async () => {
    const { request, handle } = await awaitingApproval();
    const { workflowId } = handle;
    const context = workflow(workflowId);
    const approval = { by: 'eve', decision: 'approve' };
    const good = await encrypt(approval, codecOf('new'), context);
    const unreadable = [
      await encrypt(approval, codecOf('lost'), context),
      await encrypt(approval, codecOf('new'), workflow('refund:another')),
      altered(good, { data: flipped(good, 20) }),
      altered(good, { data: Buffer.of() }),
    ];
    const { workflowService } = saga.client;
    const execution = { namespace: 'default', workflowExecution: { workflowId } };
    for (const payload of unreadable) {
      const input = { payloads: [payload] };
      await workflowService.signalWorkflowExecution({ ...execution, signalName: 'approve', input });
      const { outcome } = await workflowService.updateWorkflowExecution({
        ...execution,
        request: {
          meta: { updateId: randomBytes(8).toString('hex') },
          input: { name: 'decide', args: input },
        },
        waitPolicy: { lifecycleStage: COMPLETED },
      });
      expect(outcome?.failure?.message).toMatch(
        /^Unknown encoding: binary\/encrypted (with a key|for another|and damaged)/,
      );
    }
    expect(await saga.state(handle)).toMatchObject({
      status: 'awaitingApproval',
      approval: { decision: null },
    });
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 0, sale: 0, cash: 0 });
    const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(currentDetails.match(/^- approve at .* it needs /gm)).toHaveLength(unreadable.length);

    await handle.signal('approve', { by: 'ana' });
    expect(await handle.result()).toMatchObject({ status: 'refunded', approval: { by: 'ana' } });
    const { events = [] } = await historyOf(handle);
    expect(events?.filter(({ workflowTaskFailedEventAttributes: failed }) => failed)).toEqual([]);
  });

  test('whose request no worker can decrypt waits for its key, and says so', async () => {
    const request = aRefund(saga.simulators, { reason: 'canary reason' });
    const { taskQueue } = saga;
    const withLostKey = new Client({
      connection: saga.connection,
      dataConverter: dataConverterFor(keysOf('lost')),
    });
    const workflowId = `refund:${request.refundId}`;
    const handle = await withLostKey.workflow.start('refundOrder', {
      taskQueue,
      workflowId,
      args: [request],
    });
    const failures = async () =>
      (await historyOf(handle)).events?.flatMap(
        (event) => event.workflowTaskFailedEventAttributes?.failure ?? [],
      ) ?? [];
    while ((await failures()).length === 0) await pause(25);
    expect((await failures())[0]?.message).toBe(
      'Unknown encoding: binary/encrypted with a key that PAYLOAD_KEYS does not hold (id lost): add it at the end of ' +
        'PAYLOAD_KEYS, for workers and clients alike, and start them again',
    );
    expect(JSON.stringify(await failures())).not.toContain('canary');
    expect((await handle.describe()).status.name).toBe('RUNNING');
    await handle.terminate();
  });

  test('has its failures encrypted too: message, stack trace and details', async () => {
    const request = aRefund(saga.simulators, {
      loyalty: aMircateLeg(),
      sale: undefined,
      cash: undefined,
      reason: 'canary',
    });
    saga.simulators.faults.add({ provider: 'mircate', operation: 'refund', kind: 'tooMany', times: 1 });
    const handle = await saga.start(request);
    await saga.until(handle, ({ status }) => status === 'awaitingApproval');
    await handle.signal('approve', { by: 'ana' });
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
    const history = await historyOf(handle);
    const failures =
      history.events?.flatMap(({ activityTaskFailedEventAttributes: failed }) => failed?.failure ?? []) ?? [];
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject({ message: 'Encoded failure', stackTrace: '' });
    expect(payloadsIn(failures).map(([place]) => place)).toContain('.0.encodedAttributes');
    expect(payloadsIn(failures).filter(([, { metadata }]) => !isEncrypted(metadata))).toEqual([]);
    const account = request.loyalty?.provider === 'mircate' ? request.loyalty.accountNumber : undefined;
    expect(
      Buffer.from(temporal.api.history.v1.History.encode(history).finish()).includes(account ?? ''),
    ).toBe(false);
  });
});

describe('an activity whose input its worker cannot decode', () => {
  const { CommandType } = temporal.api.enums.v1;
  const raw = (encoding: string, text: string): Payload => ({
    metadata: { encoding: Buffer.from(encoding) },
    data: Buffer.from(text),
  });
  const damaged = async () => ({ ...(await encrypt('canary')), data: Buffer.alloc(64) });
  const INPUTS: [string, Payload | (() => Promise<Payload>), KeyId[]][] = [
    ['with keys, encrypted with another', () => encrypt('canary', codecOf('lost')), ['new']],
    ['without keys, encrypted', () => encrypt('canary', codecOf('lost')), []],
    ['damaged', damaged, ['new']],
    ['of an unknown encoding', raw('canary/plain', 'canary'), []],
    ['without an encoding', { metadata: {}, data: Buffer.from('canary') }, []],
    ['that is not JSON', raw('json/plain', '{"canary":'), []],
  ];

  test.each(INPUTS)('%s fails as PayloadNotDecodable, and does nothing', async (_, input, keys) => {
    const connection = await NativeConnection.connect({ address: process.env.TEMPORAL_TEST_ADDRESS ?? '' });
    const client = new Client({ connection });
    const taskQueue = `decode-${randomUUID()}`;
    let begun = 0;
    const worker = await Worker.create({
      ...{ connection, taskQueue, dataConverter: dataConverterFor(keysOf(...keys)) },
      activities: { refundLeg: () => Promise.resolve((begun += 1)) },
    });
    try {
      const handle = await client.workflow.start('any', { taskQueue, workflowId: taskQueue });
      const { workflowService } = client;
      const task = await workflowService.pollWorkflowTaskQueue({
        namespace: 'default',
        taskQueue: { name: taskQueue },
      });
      await workflowService.respondWorkflowTaskCompleted({
        namespace: 'default',
        taskToken: task.taskToken,
        commands: [
          {
            commandType: CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
            scheduleActivityTaskCommandAttributes: {
              ...{ activityId: '1', activityType: { name: 'refundLeg' }, taskQueue: { name: taskQueue } },
              input: { payloads: [typeof input === 'function' ? await input() : input] },
              startToCloseTimeout: msToTs('10s'),
              retryPolicy: { maximumAttempts: 1 },
            },
          },
        ],
      });
      const failed = async () =>
        (await handle.fetchHistory()).events?.flatMap(
          ({ activityTaskFailedEventAttributes: attributes }) => attributes?.failure ?? [],
        )[0];
      const failure = await worker.runUntil(async () => {
        while (!(await failed())) await pause(25);
        return failed();
      });
      expect(failure?.applicationFailureInfo?.type).toBe('PayloadNotDecodable');
      expect(failure?.message).toMatch(/^Failed to parse activity args for activity refundLeg: /);
      expect(JSON.stringify(failure)).not.toContain('canary');
      expect(begun).toBe(0);
      await handle.terminate();
    } finally {
      await connection.close();
    }
  });
});

describe('failures of an encrypted refund', () => {
  const codecs = [codecOf('new')];
  const convert = (error: unknown) =>
    failureConverter.errorToFailure(error, defaultPayloadConverter, workflow());

  test('are readable again for whoever has the key, causes and all', async () => {
    const error = new Error('outer canary', { cause: new TypeError('inner canary') });
    const failure = await encodeFailure(codecs, convert(error), workflow());
    expect(JSON.stringify(failure)).not.toContain('canary');
    const decoded = failureConverter.failureToError(
      await decodeFailure(codecs, failure, workflow()),
      defaultPayloadConverter,
    );
    expect([decoded.message, (decoded.cause as Error).message]).toEqual(['outer canary', 'inner canary']);
    expect(decoded.stack).toContain('outer canary');
  });

  test('that were written in clear, by earlier workers or without keys, are read as before', () => {
    const clear = defaultFailureConverter.errorToFailure(new Error('in clear'), defaultPayloadConverter);
    expect(failureConverter.failureToError(clear, defaultPayloadConverter).message).toBe('in clear');
    const encoded = convert(new Error('encoded'));
    expect(defaultFailureConverter.failureToError(encoded, defaultPayloadConverter).message).toBe('encoded');
  });

  test.each<[string, unknown]>([
    ['a refusal of the public contract', ApplicationFailure.nonRetryable('readable', 'DecisionRefused')],
    ['a payload that cannot be read', new ValueError('Unknown encoding: binary/encrypted readable')],
  ])('stay in clear when they are %s', (_, error) => {
    expect(convert(error)).toMatchObject({ message: expect.stringContaining('readable') as unknown });
  });
});

const COMPLETED =
  temporal.api.enums.v1.UpdateWorkflowExecutionLifecycleStage
    .UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED;
