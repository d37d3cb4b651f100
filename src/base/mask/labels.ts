/**
 * What secrets are called in Japanese (and, for the password, in Chinese and Korean), with the name that the forms know for it.
 * The longer name stands first.
 */
export const LABELS = [
  ["シークレットアクセスキー", "secret_access_key"],
  ["クライアントシークレット", "client_secret"],
  ["シークレットトークン", "secret_token"],
  ["シークレットキー", "secret_key"],
  ["シークレット", "secret"],
  ["アクセストークン", "access_token"],
  ["リフレッシュトークン", "refresh_token"],
  ["認証トークン", "auth_token"],
  ["トークン", "token"],
  ["アクセスキー", "access_key"],
  ["APIキー", "api_key"],
  ["エーピーアイキー", "api_key"],
  ["プライベートキー", "private_key"],
  ["ライセンスキー", "license_key"],
  ["認証キー", "auth_key"],
  ["署名キー", "signing_key"],
  ["暗号化キー", "encryption_key"],
  ["パスワード", "password"],
  ["パスフレーズ", "passphrase"],
  ["パスコード", "passcode"],
  ["暗証番号", "passcode"],
  ["合言葉", "passphrase"],
  ["秘密鍵", "private_key"],
  ["暗号化鍵", "encryption_key"],
  ["暗号鍵", "encryption_key"],
  ["共通鍵", "encryption_key"],
  ["署名鍵", "signing_key"],
  ["認証情報", "secret"],
  ["秘密情報", "secret"],
  ["クレデンシャル", "secret"],
  ["ログインキー", "auth_key"],
  ["密码", "password"],
  ["密碼", "password"],
  ["口令", "password"],
  ["비밀번호", "password"],
  ["암호", "password"],
] as const satisfies readonly (readonly [label: string, name: string])[];

/** Halfwidth katakana by the full one: `ﾊﾟ` for `パ`. */
const HALFWIDTH = new Map<string, string>(
  Array.from({ length: 0xff9f - 0xff65 }, (_, index) => String.fromCodePoint(0xff65 + index)).flatMap((half) =>
    ["", "\u{FF9E}", "\u{FF9F}"].map((mark): [string, string] => [(half + mark).normalize("NFKC"), half + mark]),
  ),
);

/** The ways in which a label is written, combining marks left out: as it is, in halfwidth letters, taken apart. */
export function spellingsOf(label: string): readonly string[] {
  const half = Array.from(label, (character) => HALFWIDTH.get(character) ?? character).join("");
  return [...new Set([label, half, label.normalize("NFD").replaceAll(/\p{M}/gu, "")])];
}
