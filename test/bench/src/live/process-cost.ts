/** What a running process costs, from `/proc`. */
import { readFileSync } from 'node:fs';

export const residentMebibytes = (pid: number): number => memoryOf(pid, 'VmRSS');
/** The highest the kernel has noted. */
export const peakMebibytes = (pid: number): number => memoryOf(pid, 'VmHWM');

function memoryOf(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const match = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1] ?? Number.NaN) / 1024;
}
