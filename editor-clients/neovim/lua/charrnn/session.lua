--- One buffer in which suggestions are shown: when the server is asked, and what becomes of its answers.
---
--- Each key asks at once and cancels the request before it. What was offered is kept with its place, so that text which
--- is typed as suggested, or deleted again, changes what is shown without waiting for an answer.
local offers = require('charrnn.offer')

local M = {}

M.INVOKED, M.AUTOMATIC = 1, 2 -- lsp.InlineCompletionTriggerKind

---@class charrnn.Session
---@field client vim.lsp.Client
---@field offer? charrnn.Offer
---@field asked? string where and in which state of the text the last request was made
---@field request? integer the one that is on its way
---@field number integer of the last request
---@field cycled boolean whether the writer has looked at alternatives of this offer

local sessions = {} ---@type table<integer, charrnn.Session>

---Where the writer was last in insert mode, for `:CharRNN explain` and `:checkhealth`.
M.last = nil ---@type { buf: integer, row: integer, col: integer }?

local view = vim.lsp.inline_completion and require('charrnn.builtin') or require('charrnn.ghost')

local function cursor()
  local row, col = unpack(vim.api.nvim_win_get_cursor(0))
  return row - 1, col
end

local function is_inserting(buf)
  return buf == vim.api.nvim_get_current_buf() and vim.api.nvim_get_mode().mode:sub(1, 1) == 'i'
end

---@return charrnn.Session?
local function session_of(buf)
  return sessions[buf or vim.api.nvim_get_current_buf()]
end

local function cancel(session)
  local sent = session.request and session.client.requests[session.request]
  if sent and sent.type == 'pending' then -- and not cancelled by Neovim
    require('charrnn.client').call(session.client, 'cancel_request', session.request)
  end
  session.request = nil
end

---What is left of the offer at the cursor, and which of it is shown.
---@return charrnn.Rest[] rests, integer chosen
local function rests_of(buf, session)
  if not session.offer or not is_inserting(buf) then
    return {}, 1
  end
  return offers.rests(buf, session.offer, cursor())
end

---Show what is left of the offer, or nothing.
local function draw(buf, session)
  local rests, chosen = rests_of(buf, session)
  if #rests == 0 then
    view.clear(buf, session.client)
    return
  end
  local texts = vim.tbl_map(function(rest)
    return rest.text
  end, rests)
  local row, col = cursor()
  view.show(buf, session.client, texts, chosen, row, col, session.cycled)
end

---Take over an answer: nil leaves what is shown, and so does an error, as that of a request which was cancelled.
---@return boolean taken
local function receive(buf, session, offer, err, result)
  if err or not result or result == vim.NIL then
    return false
  end
  offer.texts = vim.tbl_map(function(item)
    return type(item.insertText) == 'table' and item.insertText.value or item.insertText
  end, result.items or result)
  session.offer, session.cycled = offer, false
  draw(buf, session)
  return true
end

---Ask for suggestions at the cursor.
---@param kind integer
---@param done? fun() after an answer was taken over
local function ask(buf, session, kind, done)
  local row, col = cursor()
  cancel(session)
  session.number = session.number + 1
  local number, offer = session.number, offers.at(buf, row, col, {})
  local params = vim.lsp.util.make_position_params(0, session.client.offset_encoding)
  params.context = { triggerKind = kind }
  local _, request = view.request(session.client, params, function(err, result)
    if sessions[buf] == session and session.number == number then
      session.request = nil
      if receive(buf, session, offer, err, result) and done then
        done()
      end
    end
  end, buf)
  session.request = request
end

---The text or the cursor has changed: adapt what is shown, and ask.
local function changed(buf)
  local session = session_of(buf)
  if not session or not is_inserting(buf) or vim.fn.reg_executing() ~= '' then
    return
  end
  local row, col = cursor()
  local state = ('%d:%d:%d'):format(vim.api.nvim_buf_get_changedtick(buf), row, col)
  if state == session.asked then
    return -- CursorMovedI and TextChangedI come both with one key
  end
  session.asked = state
  M.last = { buf = buf, row = row, col = col }
  if vim.fn.pumvisible() == 1 and vim.fn.complete_info({ 'selected' }).selected >= 0 then
    M.dismiss(buf) -- an entry of the menu is being tried: one guess at a time
    return
  end
  session.cycled = session.cycled and offers.typed(buf, session.offer, row, col) == ''
  draw(buf, session)
  ask(buf, session, M.AUTOMATIC)
end

---Serve a buffer.
---@param client vim.lsp.Client
function M.open(buf, client)
  sessions[buf] = { client = client, number = 0, cycled = false }
  view.open(buf, client)
  local group = vim.api.nvim_create_augroup('charrnn:' .. buf, {})
  vim.api.nvim_create_autocmd({ 'InsertEnter', 'CursorMovedI', 'TextChangedI', 'TextChangedP' }, {
    group = group,
    buffer = buf,
    callback = function(event)
      if event.event == 'InsertEnter' then
        vim.schedule(function() -- the mode changes after it
          changed(buf)
        end)
      else
        changed(buf)
      end
    end,
  })
  vim.api.nvim_create_autocmd({ 'InsertLeave', 'BufLeave' }, {
    group = group,
    buffer = buf,
    callback = function()
      M.dismiss(buf)
      sessions[buf].asked = nil
    end,
  })
  changed(buf)
end

function M.close(buf)
  if sessions[buf] then
    vim.api.nvim_del_augroup_by_name('charrnn:' .. buf)
    view.clear(buf, sessions[buf].client)
    view.close(buf)
    sessions[buf] = nil
  end
end

---Show nothing until the next key, and take no answer that is on its way.
function M.dismiss(buf)
  local session = session_of(buf)
  if session then
    cancel(session)
    session.number = session.number + 1
    session.offer, session.cycled = nil, false
    view.clear(buf or vim.api.nvim_get_current_buf(), session.client)
  end
end

---@return boolean
function M.visible()
  local session = session_of()
  return session ~= nil and #rests_of(vim.api.nvim_get_current_buf(), session) > 0
end

---Ask by hand: the best there is, however unsure.
function M.invoke()
  local session = session_of()
  if session and is_inserting(vim.api.nvim_get_current_buf()) then
    ask(vim.api.nvim_get_current_buf(), session, M.INVOKED)
  end
end

---Show another alternative; where only one is known, ask for more.
---@param step integer
---@return boolean whether there was a suggestion
function M.cycle(step)
  local buf, session = vim.api.nvim_get_current_buf(), session_of()
  if not session or not M.visible() then
    return false
  end
  local rests, chosen = rests_of(buf, session)
  local shown = rests[chosen].text
  local function turn()
    rests, chosen = rests_of(buf, session)
    if #rests > 1 then
      session.offer.index = rests[(chosen - 1 + step) % #rests + 1].number
      session.cycled = true
      draw(buf, session)
    end
  end
  if #rests > 1 then
    turn()
    return true
  end
  ask(buf, session, M.INVOKED, function()
    local texts = session.offer.texts
    if not vim.list_contains(texts, shown) then
      table.insert(texts, 1, shown)
    end
    while texts[session.offer.index] ~= shown do
      session.offer.index = session.offer.index + 1
    end
    draw(buf, session)
    turn()
  end)
  return true
end

---Insert at the cursor, as a step of its own for undo, and put the cursor behind.
local function insert(buf, text)
  local row, col = cursor()
  local lines = vim.split(text, '\n', { plain = true })
  if vim.fn.pumvisible() == 1 then
    vim.api.nvim_feedkeys(vim.keycode('<C-x><C-z>'), 'n', false) -- close the menu and leave the text
  end
  vim.cmd('let &l:undolevels = &l:undolevels')
  vim.api.nvim_buf_set_text(buf, row, col, row, col, lines)
  vim.api.nvim_win_set_cursor(0, { row + #lines, (#lines == 1 and col or 0) + #lines[#lines] })
end

---Insert what is shown, or its first word or line. What remains stays, until the server says otherwise.
---@param unit 'all'|'word'|'line'
---@return boolean whether there was a suggestion
function M.accept(unit)
  local buf, session = vim.api.nvim_get_current_buf(), session_of()
  if not session or not M.visible() then
    return false
  end
  return view.take(buf, session.client, function(shown)
    local rests, chosen = rests_of(buf, session) -- anew: a key may have come in between
    for position, rest in ipairs(rests) do
      chosen = shown and vim.endswith(shown, rest.text) and position or chosen
    end
    if rests[chosen] then
      session.offer.index = rests[chosen].number
      insert(buf, offers.cut(rests[chosen].text, unit))
      changed(buf)
    end
  end)
end

return M
