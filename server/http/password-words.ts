// The texts of the page that asks for a password, in the languages of the other pages.

import type { PageLanguage } from './page-language.ts';

/** Why the page is shown: nothing was entered yet, or what was entered cannot be used. */
export type PasswordPageState = 'asked' | 'wrong' | 'too-many' | 'busy';

export type PasswordWords = Readonly<Record<PasswordPageState | 'title' | 'label' | 'watch', string>>;

export const PASSWORD_WORDS = {
  en: {
    title: 'Password',
    asked: 'This stream has a password. Its owner gives it to viewers.',
    wrong: 'The password is wrong.',
    'too-many': 'Too many wrong passwords came from your address. Try again in a few minutes.',
    busy: 'The gateway is busy. Try again in a few seconds.',
    label: 'Password of the stream',
    watch: 'Watch',
  },
  de: {
    title: 'Passwort',
    asked: 'Dieser Stream hat ein Passwort. Zuschauer bekommen es vom Betreiber.',
    wrong: 'Das Passwort ist falsch.',
    'too-many':
      'Von deiner Adresse kamen zu viele falsche Passwörter. Versuche es in ein paar Minuten noch einmal.',
    busy: 'Das Gateway ist ausgelastet. Versuche es in ein paar Sekunden noch einmal.',
    label: 'Passwort des Streams',
    watch: 'Ansehen',
  },
  es: {
    title: 'Contraseña',
    asked: 'Esta transmisión tiene contraseña. Su propietario se la da a los espectadores.',
    wrong: 'La contraseña no es correcta.',
    'too-many':
      'Desde tu dirección llegaron demasiadas contraseñas incorrectas. Inténtalo de nuevo en unos minutos.',
    busy: 'El gateway está ocupado. Inténtalo de nuevo en unos segundos.',
    label: 'Contraseña de la transmisión',
    watch: 'Ver',
  },
  ja: {
    title: 'パスワード',
    asked: 'この配信の視聴にはパスワードが必要です。配信の管理者にお問い合わせください。',
    wrong: 'パスワードが違います。',
    'too-many': 'このアドレスから誤ったパスワードが何度も入力されました。数分後にもう一度お試しください。',
    busy: 'ゲートウェイが混み合っています。数秒後にもう一度お試しください。',
    label: '配信のパスワード',
    watch: '視聴する',
  },
  pt: {
    title: 'Senha',
    asked: 'Esta transmissão tem senha. O responsável a informa aos espectadores.',
    wrong: 'A senha está incorreta.',
    'too-many': 'Muitas senhas incorretas vieram do seu endereço. Tente de novo em alguns minutos.',
    busy: 'O gateway está ocupado. Tente de novo em alguns segundos.',
    label: 'Senha da transmissão',
    watch: 'Assistir',
  },
  zh: {
    title: '密码',
    asked: '此直播设有密码，请向主办方索取。',
    wrong: '密码错误。',
    'too-many': '您的地址输入错误密码的次数过多，请几分钟后再试。',
    busy: '网关繁忙，请几秒后再试。',
    label: '直播密码',
    watch: '观看',
  },
} as const satisfies Readonly<Record<PageLanguage, PasswordWords>>;
