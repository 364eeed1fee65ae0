/** What all forms do: check, send once, and say what was wrong. */
import type { ApiError } from '#lib/api/client';
import { refusalOf, type Problem } from './problem';

export class Submission {
  busy = $state(false);
  problem = $state.raw<Problem | undefined>();

  /**
   * What `send` gives; undefined when nothing came of it, and `problem` says why.
   * @param check finds what need not be sent
   * @param refused knows better than the usual words what a refusal means
   */
  protected async attempt<T>(
    check: () => Problem | undefined,
    send: () => Promise<T>,
    refused: (cause: ApiError) => Problem | undefined = () => undefined,
  ): Promise<T | undefined> {
    if (this.busy) return undefined;
    this.problem = check();
    if (this.problem) return undefined;
    this.busy = true;
    try {
      return await send();
    } catch (cause) {
      this.problem = refusalOf(cause, refused);
      return undefined;
    } finally {
      this.busy = false;
    }
  }
}
