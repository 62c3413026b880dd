/** A tab of a real Chromium in a test, with what it complains about. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { launchBrowser } from './chromium.ts';

export interface Looks {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: 'light' | 'dark';
}

export interface Tab {
  readonly page: Page;
  /** Errors and warnings of the console, and errors that no code caught. */
  readonly complaints: readonly string[];
  /** What the accessibility check found wrong, a line for each kind. */
  readonly barriers: () => Promise<readonly string[]>;
}

/** Closed when the test ends. */
export async function openTab({ width = 1280, height = 860, scheme = 'light' }: Looks = {}): Promise<Tab> {
  const browser = await launchBrowser();
  onTestFinished(() => browser.close());
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: scheme });
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error.stack)));
  return {
    page,
    complaints,
    async barriers() {
      await page.evaluate(axe.source);
      const found = await page.evaluate(async () => {
        const { axe: check } = globalThis as unknown as { axe: typeof axe };
        return (await check.run()).violations;
      });
      return found.map(
        ({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ html }) => html.slice(0, 120)).join('; ')})`,
      );
    },
  };
}
