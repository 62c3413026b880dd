/** The decisions that would have been others, beside what was. */
import type { WhatIfShown } from '../../src/offers.ts';
import { Path, Seq } from '../parts/text.tsx';
import { count, plural } from '../words.ts';

export const WhatIfAnswer = ({ asked, answer }: { readonly asked: string; readonly answer: WhatIfShown }) => (
  <>
    <h3>
      {asked},{' '}
      {answer.total === 0
        ? 'every decision would have been the same'
        : `${plural(answer.total, 'decision')} would differ`}
    </h3>
    <p class="quiet">
      {count(answer.events)} events, with {count(answer.moments)} moments at which something was decided, were
      folded.
      {answer.total > answer.differences.length
        ? ` The first ${count(answer.differences.length)} follow.`
        : ''}
    </p>
    {answer.differences.length === 0 ? null : (
      <div class="table-box">
        <table class="entries beside">
          <thead>
            <tr>
              <th scope="col">Event</th>
              <th scope="col">It was</th>
              <th scope="col">It would be</th>
            </tr>
          </thead>
          <tbody>
            {answer.differences.map(({ seq, path, was, wouldBe }, index) => (
              <tr key={`${seq} ${index}`}>
                <td>
                  <Seq seq={seq} />
                  {path === '' ? null : (
                    <div>
                      <Path path={path} />
                    </div>
                  )}
                </td>
                <td>
                  <bdi>{was}</bdi>
                </td>
                <td>
                  <bdi>{wouldBe}</bdi>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    )}
  </>
);
