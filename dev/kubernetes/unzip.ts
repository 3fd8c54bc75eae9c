import { inflateRawSync } from 'node:zlib';

/** Signatures and sizes of the ZIP format (APPNOTE 6.3), without its 64-bit extensions. */
const ENTRY = { signature: 0x02014b50, bytes: 46 };
const END = { signature: 0x06054b50, bytes: 22 };
const LOCAL_HEADER_BYTES = 30;
const DEFLATED = 8;

/**
 * One file of a ZIP archive.
 * @throws Error when the archive has no such file
 */
export function unzipFile(archive: Buffer, name: string): Buffer {
  for (const entry of entriesOf(archive)) {
    if (entry.name !== name) continue;
    const nameBytes = archive.readUInt16LE(entry.offset + 26);
    const extraBytes = archive.readUInt16LE(entry.offset + 28);
    const begin = entry.offset + LOCAL_HEADER_BYTES + nameBytes + extraBytes;
    const packed = archive.subarray(begin, begin + entry.packedBytes);
    return entry.method === DEFLATED ? inflateRawSync(packed) : packed;
  }
  throw new Error(`The archive has no ${name}`);
}

function* entriesOf(archive: Buffer) {
  let at = archive.length - END.bytes;
  while (at > 0 && archive.readUInt32LE(at) !== END.signature) at -= 1;
  const count = archive.readUInt16LE(at + 10);
  let position = archive.readUInt32LE(at + 16);
  for (let index = 0; index < count && archive.readUInt32LE(position) === ENTRY.signature; index += 1) {
    const nameBytes = archive.readUInt16LE(position + 28);
    yield {
      method: archive.readUInt16LE(position + 10),
      packedBytes: archive.readUInt32LE(position + 20),
      offset: archive.readUInt32LE(position + 42),
      name: archive.toString('utf8', position + ENTRY.bytes, position + ENTRY.bytes + nameBytes),
    };
    position +=
      ENTRY.bytes + nameBytes + archive.readUInt16LE(position + 30) + archive.readUInt16LE(position + 32);
  }
}
