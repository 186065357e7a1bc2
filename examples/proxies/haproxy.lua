-- Forward auth for HAProxy 2.5 and newer: asks Latchkey who sends a request. haproxy.cfg uses the variables:
--   txn.latchkey_status   the status of the answer; unset if there is none
--   txn.latchkey_sign_in  the URL of the sign-in, with 401
--   txn.latchkey_id, txn.latchkey_email, txn.latchkey_name   the user, with 200

local VERIFY = "http://127.0.0.1:3000/auth/verify"
local PASSED_ON = { "host", "cookie", "authorization" }

core.register_action("latchkey_verify", { "http-req" }, function(txn)
  local received = txn.http:req_get_headers()
  local headers = {
    ["x-original-uri"] = { txn.sf:pathq() },
    ["x-forwarded-for"] = { txn.sf:src() },
  }
  for _, name in ipairs(PASSED_ON) do
    local values = received[name]
    if values then
      headers[name] = {}
      -- HAProxy counts from 0.
      for index = 0, #values do
        table.insert(headers[name], values[index])
      end
    end
  end

  local answer = core.httpclient():get({ url = VERIFY, headers = headers, timeout = 5000 })
  if not answer or not answer.status then
    return
  end
  local function first(name)
    local values = answer.headers and answer.headers[name]
    return values and values[0] or ""
  end
  txn:set_var("txn.latchkey_status", answer.status)
  txn:set_var("txn.latchkey_sign_in", first("x-sign-in"))
  txn:set_var("txn.latchkey_id", first("x-user-id"))
  txn:set_var("txn.latchkey_email", first("x-user-email"))
  txn:set_var("txn.latchkey_name", first("x-user-name"))
end)
