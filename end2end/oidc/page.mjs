// The certified provider's only page: login and consent in plain HTML.

export function interactionPage(prompt) {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <link rel="icon" href="data:," />
    <title>Certified provider</title>
  </head>
  <body>
    <main>
      <h1>Certified provider: ${prompt}</h1>
      <form method="post">
        <p><label>Email <input type="email" name="email" value="ada@certified.example" required /></label></p>
        <p><label>Name <input name="name" value="Ada Certified" required /></label></p>
        <button name="decision" value="allow">Allow</button>
        <button name="decision" value="deny" formnovalidate>Cancel</button>
      </form>
    </main>
  </body>
</html>
`;
}
