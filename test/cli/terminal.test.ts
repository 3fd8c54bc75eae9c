import { PassThrough } from 'node:stream';
import { readInput } from '../../src/cli/input';
import { talk } from '../../src/cli/terminal';

test('whoever said something to its end on standard input is asked nothing more, and told what to do', async () => {
  const input = new PassThrough();
  input.end('it is not in the panel\n');
  expect(await readInput('-', input)).toBe('it is not in the panel\n');
  const asked = talk({ input, output: new PassThrough() }, ({ confirm }) => confirm('Send it?'));
  await expect(asked).rejects.toMatchObject({
    name: 'UsageError',
    message: expect.stringMatching(
      /^Nothing was sent: .* Name a file instead of -, or give every option with --yes\.$/,
    ) as string,
  });
});
