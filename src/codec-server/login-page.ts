/** The page on which a browser gets its session. It loads nothing and runs no script. */
export function loginPage(say: string): string {
  return `<!doctype html>
<html lang="en">
<title>Refund codec server</title>
<meta name="viewport" content="width=device-width">
<body style="font: 16px sans-serif; max-width: 36em; margin: 4em auto">
<h1>Refund codec server</h1>
<p>${say}</p>
<form method="post" action="/login">
<label>Token <input type="password" name="token" autocomplete="current-password" required autofocus></label>
<button>Let this browser read payloads</button>
</form>
`;
}

/** Headers of the page: nobody may frame it, keep it, or make it load anything. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
  'cache-control': 'no-store',
};
