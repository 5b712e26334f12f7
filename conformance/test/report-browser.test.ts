import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, type TestContext, test } from 'vitest';
import { page } from '../report/html/page.ts';
import { clauses } from '../src/clauses/index.ts';
import { type Browser, findChromium, openBrowser } from './report-browser.ts';
import { hostileReason, runOf, unreached } from './report-outcomes.ts';

const chromium = findChromium();
const names = ['memory', 'redis-7.0', 'redis-8.0', 'redis-cluster', 'redis-sentinel', 'redis-tls'];
const runs = [...names, 'valkey-8.1', 'valkey-9.1', 'memcached-1.6.18', 'memcached-sasl'].map(
  (name, index) =>
    runOf(name, index === 3 ? { 0: 'failed', 5: 'not run', 60: 'not applicable' } : {}),
);
let folder: string;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tasker-cache-report-'));
  await writeFile(join(folder, 'matrix.html'), page([...runs, unreached]));
  if (chromium) browser = await openBrowser(chromium, 'about:blank');
});

afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async (context: TestContext) => {
  if (!chromium) context.skip('not run: no chromium on PATH');
  await browser.send('Page.enable');
  await browser.send('Page.navigate', { url: pathToFileURL(join(folder, 'matrix.html')).href });
  await expect.poll(() => browser.evaluate(ready), { timeout: 10_000 }).toBe(true);
});

const ready = `document.readyState === 'complete' && document.getElementById('shown')?.textContent !== ''`;
const focused = `document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent`;

test('the page asks for nothing else, and runs no script of a result', async () => {
  expect(await browser.evaluate(`performance.getEntriesByType('resource').length`)).toBe(0);
  expect(await browser.evaluate('document.title')).toBe('Conformance of the cache adapters');
});

test.each([390, 1280])('at %i px nothing sticks out', async (width) => {
  const size = { width, height: 844, deviceScaleFactor: 1, mobile: width < 500 };
  await browser.send('Emulation.setDeviceMetricsOverride', size);
  expect(await browser.evaluate('[innerWidth, document.documentElement.scrollWidth]')).toEqual([
    width,
    width,
  ]);
  // The head and the clauses' ids stay in sight.
  await browser.evaluate(`document.querySelector('.matrix-scroll').scrollTo(200, 2000)`);
  const corner = `(({ left, top }) => document.elementFromPoint(left + 20, top + 20).closest('th')?.textContent)
    (document.querySelector('.matrix-scroll').getBoundingClientRect())`;
  await browser.evaluate(`document.querySelector('.matrix-scroll').scrollIntoView()`);
  expect(await browser.evaluate(corner)).toBe('Clause');
});

test.each(['light', 'dark'])(
  'every text of the %s page has a contrast of 4.5 or more',
  async (value) => {
    const features = [{ name: 'prefers-color-scheme', value }];
    await browser.send('Emulation.setEmulatedMedia', { features });
    const closed = await browser.evaluate<string[]>(lowContrasts);
    await browser.evaluate(`document.querySelector('.matrix td .failed').click()`);
    const opened = await browser.evaluate<string[]>(lowContrasts);
    expect([...closed, ...opened]).toEqual([]);
    const isDark = `getComputedStyle(document.body).backgroundColor !== 'rgb(255, 255, 255)'`;
    expect(await browser.evaluate(isDark)).toBe(value === 'dark');
  },
);

test('the keyboard reaches a cell, opens it, and comes back to it', async () => {
  const [first, second] = clauses as unknown as [{ id: string; title: string }, { id: string }];
  for (let presses = 0; presses < 6; presses++) {
    if (await browser.evaluate(`document.activeElement.matches('.matrix button')`)) break;
    await browser.press('Tab');
  }
  expect(await browser.evaluate(focused)).toContain(first.id);
  for (let cell = 0; cell < 4; cell++) await browser.press('ArrowRight');
  expect(await browser.evaluate(focused)).toBe(`${first.id} redis-cluster: failed`);
  const outline = `(({ outlineStyle, outlineWidth }) => [outlineStyle, outlineWidth])(getComputedStyle(document.activeElement))`;
  expect(await browser.evaluate(outline)).toEqual(['solid', '3px']);
  await browser.press('Enter');
  const dialog = await browser.evaluate<string>(`document.querySelector('dialog[open]').innerText`);
  for (const part of [first.title, 'redis-cluster', 'failed', ...hostileReason.split('\n')])
    expect(dialog).toContain(part);
  await browser.press('Escape');
  expect(await browser.evaluate(`document.querySelector('dialog').open`)).toBe(false);
  expect(await browser.evaluate(focused)).toBe(`${first.id} redis-cluster: failed`);
  await browser.press('ArrowDown');
  expect(await browser.evaluate(focused)).toContain(`${second.id} redis-cluster`);
  await browser.press('Tab');
  expect(await browser.evaluate(`document.activeElement.matches('.matrix button')`)).toBe(false);
});

test('filters leave the clauses of the group and the state', async () => {
  const shown = `[...document.querySelectorAll('tr[data-id]')].filter((row) => row.offsetParent).map((row) => row.dataset.id)`;
  const choose = (id: string, value: string) =>
    browser.evaluate(`(() => { const select = document.getElementById('${id}');
      select.value = '${value}'; select.dispatchEvent(new Event('change', { bubbles: true })); })()`);
  await choose('state', 'failed');
  expect(await browser.evaluate(shown)).toEqual([clauses[0]?.id]);
  expect(await browser.evaluate(`document.getElementById('shown').textContent`)).toBe(
    `1 of ${clauses.length} clauses`,
  );
  await choose('state', '');
  await choose('group', 'lease');
  const leases = clauses.filter(({ id }) => id.startsWith('LEASE-')).map(({ id }) => id);
  expect(await browser.evaluate(shown)).toEqual(leases);
  await choose('state', 'failed');
  expect(await browser.evaluate(shown)).toEqual([]);
});

/** Texts in sight whose colour is too close to what is behind them. */
const lowContrasts = `(() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = (color) => {
    const [r, g, b] = channels(color).map((it) => it / 255)
      .map((it) => (it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let it = element; it; it = it.parentElement) {
      const { backgroundColor } = getComputedStyle(it);
      if (channels(backgroundColor)[3] !== 0) return backgroundColor;
    }
    return 'rgb(255, 255, 255)';
  };
  const hasText = (element) => [...element.childNodes].some((it) => it.nodeType === 3 && it.data.trim());
  return [...document.body.querySelectorAll('*')]
    .filter((it) => hasText(it) && it.checkVisibility() && !it.matches('script, option'))
    .map((it) => {
      const [a, b] = [getComputedStyle(it).color, behind(it)].map(luminance);
      return [it.outerHTML.slice(0, 80), (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
    })
    .filter(([, ratio]) => ratio < 4.5)
    .map(([html, ratio]) => html + ' ' + ratio.toFixed(2));
})()`;
