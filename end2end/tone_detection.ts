// Detects the tone in the listener's player: the page measures the spectrum, whichever tool drives the browser.
import { expect } from '@playwright/test';

/** A page with a player: Playwright's, or Puppeteer's. */
export interface Hearing {
  url(): string;
  $(selector: string): Promise<PlayerHandle | null>;
}

interface PlayerHandle {
  evaluate(measure: (player: any, asked: Asked) => Sound, asked: Asked): Promise<Sound>;
}

interface Asked {
  tonesHz: number[];
  tolerance: number;
}

/** What the player plays, or what keeps it from being heard. */
export interface Sound {
  /** Why nothing can be heard; empty when the player plays. */
  obstacle: string;
  /** The loudest tone. */
  frequencyHz: number;
  /** How loud it is. */
  levelDb: number;
  /** The median of all that is neither the tone nor a harmonic of it. */
  floorDb: number;
  /** How loud each tone is that was asked for. */
  tonesDb: number[];
  /** The last 40 ms altogether; 0 dB is full scale. */
  loudnessDb: number;
}

const TOLERANCE = 0.02;
const ABOVE_FLOOR_DB = 30;
const SILENT_DB = -70;
const BELOW_OTHERS_DB = 35;

/** Waits until the tone, and nothing else, is heard. */
export async function hear(page: Hearing, frequencyHz: number): Promise<Sound> {
  const tone = `${frequencyHz} Hz`;
  let sound: Sound | undefined;
  await expect
    .poll(async () => {
      sound = await measure(page);
      return isTone(sound, frequencyHz) ? tone : sound;
    }, `${tone} at ${page.url()}`)
    .toBe(tone);
  return sound!;
}

/** Waits until all of these tones are heard at once, and none of those that are `missing`. */
export async function hearTogether(page: Hearing, tonesHz: number[], missingHz: number[] = []): Promise<Sound> {
  const expected = `${tonesHz.join(' and ')} Hz without ${missingHz.join(' and ') || 'anything missing'}`;
  let sound: Sound | undefined;
  await expect
    .poll(async () => {
      sound = await measure(page, [...tonesHz, ...missingHz]);
      const { obstacle, levelDb, floorDb, tonesDb } = sound;
      const heard = tonesDb.slice(0, tonesHz.length).every((db) => db - floorDb >= ABOVE_FLOOR_DB);
      const missing = tonesDb.slice(tonesHz.length).every((db) => levelDb - db >= BELOW_OTHERS_DB);
      return obstacle === '' && heard && missing ? expected : sound;
    }, `${expected} at ${page.url()}`)
    .toBe(expected);
  return sound!;
}

/** Waits until nothing is heard. */
export async function silence(page: Hearing): Promise<void> {
  await expect
    .poll(async () => {
      const sound = await measure(page);
      return sound.obstacle !== '' || sound.loudnessDb < SILENT_DB ? 'silence' : sound;
    }, `silence at ${page.url()}`)
    .toBe('silence');
}

function isTone(sound: Sound, frequencyHz: number): boolean {
  return (
    sound.obstacle === '' &&
    Math.abs(sound.frequencyHz / frequencyHz - 1) <= TOLERANCE &&
    sound.levelDb - sound.floorDb >= ABOVE_FLOOR_DB
  );
}

/** Measures what the player plays at this moment, and how much there is of each of these tones. */
export async function measure(page: Hearing, tonesHz: number[] = []): Promise<Sound> {
  const nothing = { frequencyHz: 0, levelDb: -200, floorDb: -200, tonesDb: [], loudnessDb: -200 };
  try {
    const player = await page.$('[data-testid=stream]');
    return player ? await player.evaluate(measurePlayer, { tonesHz, tolerance: TOLERANCE }) : { obstacle: 'no player', ...nothing };
  } catch (error) {
    // A page that is replaced meanwhile takes its player away.
    return { obstacle: String(error), ...nothing };
  }
}

/** Runs in the page, so it refers to nothing outside itself. */
function measurePlayer(player: HTMLAudioElement, { tonesHz, tolerance }: Asked): Sound {
  const nothing = { frequencyHz: 0, levelDb: -200, floorDb: -200, tonesDb: [], loudnessDb: -200 };
  const stream = player.srcObject;
  const track = stream instanceof MediaStream ? stream.getAudioTracks().find((t) => t.readyState === 'live') : undefined;
  if (!track) return { obstacle: 'no live track', ...nothing };
  if (player.paused) return { obstacle: 'the player is paused', ...nothing };
  if (player.muted || player.volume === 0) return { obstacle: 'the player is muted', ...nothing };

  // One ear a track, kept over the calls: its window of 0.7 s fills while the test polls. Ids do not tell tracks apart:
  // every peer connection that brings a track of the host's gives it the host's id.
  const page = window as Window & { ears?: { context: AudioContext; byTrack: WeakMap<MediaStreamTrack, AnalyserNode> } };
  page.ears ??= { context: new AudioContext({ sampleRate: 48_000 }), byTrack: new WeakMap() };
  const { context, byTrack } = page.ears;
  if (context.state !== 'running') return { obstacle: `the ear is ${context.state}`, ...nothing };
  let ear = byTrack.get(track);
  if (!ear) {
    ear = new AnalyserNode(context, { fftSize: 32_768, smoothingTimeConstant: 0 });
    context.createMediaStreamSource(new MediaStream([track])).connect(ear);
    byTrack.set(track, ear);
  }

  const samples = new Float32Array(ear.fftSize);
  ear.getFloatTimeDomainData(samples);
  const last = samples.subarray(-1920);
  const power = last.reduce((sum, x) => sum + x * x, 0) / last.length;

  const spectrum = new Float32Array(ear.frequencyBinCount);
  ear.getFloatFrequencyData(spectrum);
  const hz = context.sampleRate / ear.fftSize;
  const bins = Array.from(spectrum, (db) => Math.max(db, -200));
  const audible = { from: Math.round(50 / hz), to: Math.round(12_000 / hz) };
  let peak = audible.from;
  for (let i = audible.from; i < audible.to; i++) if (bins[i]! > bins[peak]!) peak = i;
  // The vertex of the parabola through the peak and its neighbours lies between the bins.
  const [left, top, right] = [bins[peak - 1]!, bins[peak]!, bins[peak + 1]!];
  const bend = left - 2 * top + right;
  const frequencyHz = (peak + (bend === 0 ? 0 : (left - right) / (2 * bend))) * hz;
  const isFloor = (_: number, i: number) => {
    const nearest = Math.max(1, Math.round((i * hz) / frequencyHz)) * frequencyHz;
    return i >= audible.from && i < audible.to && Math.abs(i * hz - nearest) > 60;
  };
  const floor = bins.filter(isFloor).sort((a, b) => a - b);
  const around = (toneHz: number) =>
    bins.slice(Math.floor((toneHz * (1 - tolerance)) / hz), Math.ceil((toneHz * (1 + tolerance)) / hz) + 1);
  return {
    obstacle: '',
    frequencyHz,
    levelDb: top,
    floorDb: floor[Math.floor(floor.length / 2)] ?? -200,
    tonesDb: tonesHz.map((toneHz) => Math.max(...around(toneHz))),
    loudnessDb: 10 * Math.log10(power + 1e-20),
  };
}
