// The keys of tabs (WAI-ARIA Authoring Practices, tabs pattern).

/** The tab to which a key leads; undefined if the key is for something else. */
export function tabForKey(key: string, at: number, count: number, isRtl: boolean): number | undefined {
  switch (key) {
    case 'ArrowRight':
      return (at + (isRtl ? count - 1 : 1)) % count;
    case 'ArrowLeft':
      return (at + (isRtl ? 1 : count - 1)) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
