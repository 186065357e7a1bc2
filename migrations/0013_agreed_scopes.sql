-- What the person agreed to when they were last asked. What is in here and not in scopes, the provider took out of the grant
-- since: the person is told so, where they would else see the page of the first day. NULL in rows from before, until a scope
-- goes.
ALTER TABLE grants ADD COLUMN agreed_scopes TEXT;
