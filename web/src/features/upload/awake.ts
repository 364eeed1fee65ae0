/** Keeps the screen on: a phone that sleeps stops uploading. Browsers offer it over HTTPS only. Returns what ends it. */
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | undefined;
  let over = false;
  const ask = async () => {
    if (document.hidden || !navigator.wakeLock) return;
    // Refused when the battery is low: then it sleeps.
    lock = await navigator.wakeLock.request('screen').catch(() => undefined);
    if (over) void lock?.release();
  };
  // The browser ends it with each look at something else.
  document.addEventListener('visibilitychange', ask);
  void ask();
  return () => {
    over = true;
    document.removeEventListener('visibilitychange', ask);
    void lock?.release();
  };
}
