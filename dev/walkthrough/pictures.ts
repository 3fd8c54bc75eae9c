import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import type { Locator, Page } from 'playwright-core';
import { linkTo } from '../demo/links';
import type { TemporalServer } from '../temporal-server';

/** Takes pictures of runs in the Temporal UI. */
export interface Camera {
  /** The timeline of a run, and its current details. */
  take(server: TemporalServer, run: { workflowId: string; runId: string }, name: string): Promise<void>;
  close(): Promise<void>;
}

const SIZE = { width: 1280, height: 800 };

const TALL = 2_400;

/** The UI draws what it fetched a moment later, and says nowhere when it has. Milliseconds. */
const DRAWN_AFTER_MS = 1_500;

/** Opens a browser without a screen, which pays no heed to the proxy of the environment. */
export async function openCamera(executablePath: string, folder: string): Promise<Camera> {
  await mkdir(folder, { recursive: true });
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--no-proxy-server'] });
  const page = await browser.newPage({ viewport: SIZE, colorScheme: 'light', timezoneId: 'UTC' });
  return {
    take: async (server, run, name) => {
      const file = (tab: string) => path.join(folder, `${name}-${tab}.png`);
      await page.setViewportSize(SIZE);
      await page.goto(linkTo(server, run));
      await shootTimeline(page, file('timeline'));
      // What stands in a frame of its own is drawn no further than the window goes.
      await page.setViewportSize({ width: SIZE.width, height: TALL });
      await page.goto(linkTo(server, run, 'user-metadata'));
      await shootDetails(page, file('details'));
      await Promise.all([file('timeline'), file('details')].map(withFewColours));
    },
    close: () => browser.close(),
  };
}

async function shootTimeline(page: Page, file: string): Promise<void> {
  const timeline = await drawn(page, '#event-history-timeline-graph');
  await timeline.screenshot({ path: file, animations: 'disabled' });
}

/** All of the page, without what stands around it. */
async function shootDetails(page: Page, file: string): Promise<void> {
  await drawn(page, '#user-metadata-current-details');
  const details = await page.getByTestId('user-metadata').boundingBox();
  const content = await page.locator('main#content').boundingBox();
  if (!details || !content) throw new Error('The UI shows no details.');
  const clip = { ...content, height: details.y + details.height - content.y + 16 };
  await page.screenshot({ path: file, clip, animations: 'disabled' });
}

async function drawn(page: Page, element: string): Promise<Locator> {
  const found = page.locator(element);
  await found.waitFor({ timeout: 60_000 });
  await page.waitForTimeout(DRAWN_AFTER_MS);
  return found;
}

/** Makes a picture a third of its size, where there is pngquant. */
async function withFewColours(file: string): Promise<void> {
  const pngquant = promisify(execFile)('pngquant', ['--force', '--ext', '.png', '--strip', '32', file]);
  await pngquant.catch(() => undefined);
}
