// A player's name for people, from its User-Agent header (RFC 9110 clause 10.1.5): player and system, such as "Firefox · Linux".
// Every word of the result is from the tables below, so a client cannot put text of its own into a page or a log.

/** As much as the count of viewers keeps, so that both know a player by one name; it bounds the time of a search too. */
const MAX_CHARACTERS = 200;
const UNKNOWN = 'Other player';

type Name = readonly [pattern: RegExp, name: string];

/** The first that matches: players that are not browsers, then browsers that also name the one they are built from. */
const PLAYERS: readonly Name[] = [
  [/\bLavf\//, 'ffmpeg'],
  [/\bVLC\/|\bLibVLC\//i, 'VLC'],
  [/\blibmpv\b|^mpv\b/i, 'mpv'],
  [/\bGStreamer\b/i, 'GStreamer'],
  [/\b(?:ExoPlayerLib|ExoPlayer|AndroidXMedia3)\//, 'ExoPlayer'],
  [/\bKodi\//, 'Kodi'],
  [/\bRoku\b/, 'Roku'],
  [/\bCrKey\//, 'Chromecast'],
  [/\bAppleCoreMedia\//, 'Apple player'],
  [/\bOBS\//, 'OBS'],
  [/^(?:curl|Wget)\//i, 'Command line'],
  [/\bElectron\//, 'App (Electron)'],
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\b(?:OPR|OPiOS|OPT)\//, 'Opera'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\bYaBrowser\//, 'Yandex Browser'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bDuckDuckGo\//, 'DuckDuckGo'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|Chromium|HeadlessChrome|CriOS)\//, 'Chrome'],
  // All browsers on iOS say Safari, and those above have said their own name.
  [/\bVersion\/[\d.]+.* Safari\//, 'Safari'],
  [/\bAppleWebKit\//, 'WebKit'],
];

/** The first that matches: an iPhone says Mac OS X, and Android, Tizen and webOS say Linux. */
const SYSTEMS: readonly Name[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bApple ?TV\b|\btvOS\b/i, 'Apple TV'],
  [/\bXbox\b/, 'Xbox'],
  [/\bPlayStation\b/i, 'PlayStation'],
  [/\bTizen\b/, 'Tizen'],
  [/\bWeb0S\b|\bwebOS\b/, 'webOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMacintosh\b|\bMac OS X\b|\bDarwin\b/, 'macOS'],
  [/\bLinux\b|\bX11\b/, 'Linux'],
];

/** Player and system, or one of them if the other is unknown. */
export function playerName(userAgent: string | undefined): string {
  const text = (userAgent ?? '').slice(0, MAX_CHARACTERS);
  const names = [nameIn(PLAYERS, text), nameIn(SYSTEMS, text)].filter((name) => name !== undefined);
  return names.length === 0 ? UNKNOWN : names.join(' · ');
}

function nameIn(names: readonly Name[], text: string): string | undefined {
  return names.find(([pattern]) => pattern.test(text))?.[1];
}
