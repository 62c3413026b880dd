/** Lines about reaching the service at all. */
import type { Speaking, Wording } from './dialect.ts';
import { worded } from './dialect.ts';
import type { Line } from './line.ts';
import type { View } from './view.ts';

/** A run that ends by itself says it before it asks for anything: with what follows it tells why it could not begin. */
export const renderContacting = (speaking: Speaking): readonly Line[] =>
  worded(speaking, contacting, 'verbose');

/** A run has read the drive's root by now, so the service was reached. One that goes on says both here, as the peer's document on webhooks shows. */
export const renderReached = (view: View): readonly Line[] => [
  ...(view.config.mode === 'monitor' ? renderContacting(view) : []),
  ...worded(view, reached, 'verbose'),
];

const contacting: Wording = {
  current: 'Attempting to contact the Microsoft OneDrive Service',
  legacy: 'Attempting to contact Microsoft OneDrive Login Service',
};
const reached: Wording = {
  current: 'Successfully reached the Microsoft OneDrive Service',
  legacy: 'Successfully reached Microsoft OneDrive Login Service',
};
