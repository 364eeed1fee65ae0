/** Which step comes when. The administrator's first step is the account itself, on the page before. */
export type Step = 'photos' | 'storage' | 'preferences';

export function stepsOf(isAdmin: boolean): Step[] {
  return isAdmin ? ['photos', 'storage', 'preferences'] : ['photos', 'preferences'];
}

/** How many steps there are in all, and which one this is, counted as people do. */
export function position(step: Step, isAdmin: boolean): { step: number; of: number } {
  const steps = stepsOf(isAdmin);
  const before = isAdmin ? 1 : 0;
  return { step: steps.indexOf(step) + 1 + before, of: steps.length + before };
}

/** The step of the address, or else the one where this person left off, or else the first. */
export function stepFrom(wanted: string | null, left: string | null, isAdmin: boolean): Step {
  const steps = stepsOf(isAdmin);
  return steps.find((step) => step === wanted) ?? steps.find((step) => step === left) ?? steps[0]!;
}

export function stepAfter(step: Step, isAdmin: boolean): Step | undefined {
  const steps = stepsOf(isAdmin);
  return steps[steps.indexOf(step) + 1];
}
