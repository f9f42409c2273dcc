import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { skipSuite } from '../support/skip.ts';

const SCENARIOS = resolve('tests/fixtures/sipp');
const TIMEOUT_S = 25;

/** One run of SIPp. */
export interface SippRun {
  /** A file of tests/fixtures/sipp, without its ending. */
  readonly scenario: string;
  readonly transport?: 'udp' | 'tcp';
  /** Port of the user agent to call; absent when SIPp is called. */
  readonly target?: number;
  /** Own port; any when absent. */
  readonly port?: number;
  /** Scenario for messages that belong to no call of this one. */
  readonly outOfCall?: string;
  readonly keys?: Readonly<Record<string, string>>;
  /** One line of fields a call. */
  readonly fields?: readonly (readonly string[])[];
  /** SIPp repeats nothing by itself, and takes nothing for a repetition. */
  readonly withoutRepetitions?: boolean;
  /** The `uri` of digest proofs, without its scheme. */
  readonly authUri?: string;
}

/** Skips a suite where SIPp is not installed, and says so. */
export function skipWithoutSipp(context: Mocha.Context): void {
  if (spawnSync('sipp', ['-v']).error === undefined) return;
  skipSuite(context, 'sipp is not installed: it is in the Debian package sip-tester');
}

/** Runs a scenario to its end; rejects with what SIPp has against it when a call did not go as the scenario has it. */
export async function sipp(run: SippRun): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'yimu-sipp-'));
  try {
    const calls = run.fields?.length ?? 1;
    const child = spawn('sipp', [...argumentsOf(run, calls, folder)], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let complaints = '';
    child.stderr.on('data', (chunk: Buffer) => {
      complaints = (complaints + chunk.toString()).slice(-8_192);
    });
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0)
      throw new Error(`sipp ends ${run.scenario} with ${String(code)}\n${complaints}\n${logsIn(folder)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function argumentsOf(run: SippRun, calls: number, folder: string): string[] {
  const { target, port, outOfCall, authUri, transport = 'udp' } = run;
  const words = [
    ...(target === undefined ? [] : [`127.0.0.1:${String(target)}`]),
    ...[
      '-sf',
      join(SCENARIOS, `${run.scenario}.xml`),
      '-i',
      '127.0.0.1',
      '-t',
      transport === 'udp' ? 'u1' : 't1',
    ],
    ...['-m', String(calls), '-r', '20', '-nostdin', '-timeout', String(TIMEOUT_S), '-timeout_error'],
    ...[
      '-recv_timeout',
      '10000',
      '-trace_err',
      '-error_file',
      'errors.log',
      '-trace_msg',
      '-message_file',
      'messages.log',
    ],
  ];
  if (run.withoutRepetitions === true) words.push('-nr');
  if (port !== undefined) words.push('-p', String(port));
  if (outOfCall !== undefined) words.push('-oocsf', join(SCENARIOS, `${outOfCall}.xml`));
  if (authUri !== undefined) words.push('-auth_uri', authUri);
  for (const [name, value] of Object.entries(run.keys ?? {})) words.push('-key', name, value);
  if (run.fields !== undefined) {
    const lines = ['SEQUENTIAL', ...run.fields.map((fields) => fields.join(';'))];
    writeFileSync(join(folder, 'fields.csv'), `${lines.join('\n')}\n`);
    words.push('-inf', 'fields.csv');
  }
  return words;
}

/** The ends of what SIPp wrote down. */
function logsIn(folder: string): string {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .map((name) => `${name}:\n${readFileSync(join(folder, name), 'latin1').slice(-6_000)}`)
    .join('\n');
}
