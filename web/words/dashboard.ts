// Texts of the dashboard, in the language that `loadWords` has chosen.
import { inLanguages } from './catalogue.ts';
import { type DashboardWords, dashboard } from './en/dashboard.ts';

export const dashboardWords: DashboardWords = inLanguages<DashboardWords>(dashboard, {
  de: async () => (await import('./de/dashboard.ts')).dashboard,
  es: async () => (await import('./es/dashboard.ts')).dashboard,
  ja: async () => (await import('./ja/dashboard.ts')).dashboard,
  pt: async () => (await import('./pt/dashboard.ts')).dashboard,
  zh: async () => (await import('./zh/dashboard.ts')).dashboard,
});
