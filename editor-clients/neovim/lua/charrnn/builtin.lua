--- Hands suggestions to `vim.lsp.inline_completion` (Neovim 0.12), which draws, cycles and accepts them.
---
--- As of 0.12.4 that module asks only after 200 ms without a key, shows nothing in that time after a part was taken,
--- cannot ask by hand, never cancels, and lets text that was typed after the answer stand behind what is accepted
--- (neovim#36529). So the plugin asks (see session.lua), and what it learns is given to the module as if it were the
--- answer to a request of the module's own: the client's `request` passes such requests to `intercept` below.
local M = {}

local METHOD = 'textDocument/inlineCompletion'

---@class charrnn.Sink how answers for a buffer get to the module
---@field handler lsp.Handler
---@field group integer its autocommands; they go with it, and then nothing must be handed to it
local sinks = {} ---@type table<integer, charrnn.Sink>
local latest = {} ---@type table<integer, table> what it was given, or is to be given once it is ready
local originals = setmetatable({}, { __mode = 'k' }) ---@type table<vim.lsp.Client, function> their `request`

local function group_of(buf)
  if not vim.api.nvim_buf_is_valid(buf) then
    return nil
  end
  for _, autocmd in ipairs(vim.api.nvim_get_autocmds({ event = 'CursorMovedI', buffer = buf })) do
    if (autocmd.group_name or ''):find('inline_completion', 1, true) then
      return autocmd.group
    end
  end
end

---@return charrnn.Sink? nil where the module was switched off, or anew on
local function sink_of(buf, client)
  local sink = sinks[buf]
  if sink and sink.group ~= group_of(buf) then
    sinks[buf], sink = nil, nil
  end
  return vim.lsp.inline_completion.is_enabled({ bufnr = buf, client_id = client.id }) and sink or nil
end

local function hand_over(buf, client, items)
  local sink = sink_of(buf, client)
  latest[buf] = items
  if sink then
    sink.handler(nil, { items = items }, { client_id = client.id, bufnr = buf, method = METHOD })
  end
end

---Instead of a request by the module: remember where it wants the answer, and give it what there is.
local function intercept(buf, client, handler)
  local known = sink_of(buf, client) ~= nil
  sinks[buf] = { handler = handler, group = group_of(buf) }
  if not known and latest[buf] then
    hand_over(buf, client, latest[buf])
  end
end

local function intercept_requests(client)
  if originals[client] then
    return
  end
  originals[client] = client.request
  client.request = function(self, method, params, handler, buf)
    if method ~= METHOD then
      return originals[client](self, method, params, handler, buf)
    end
    intercept(buf == 0 and vim.api.nvim_get_current_buf() or buf, self, handler)
    return true
  end
end

---Ask the server.
---@return boolean sent, integer? request
function M.request(client, params, handler, buf)
  return originals[client](client, METHOD, params, handler, buf)
end

function M.open(buf, client)
  intercept_requests(client)
  vim.lsp.inline_completion.enable(true, { bufnr = buf })
  local group = group_of(buf)
  if group then -- have the module ask at once: only then is it known where it wants its answers
    vim.api.nvim_exec_autocmds('InsertEnter', { group = group, buffer = buf })
  end
end

function M.close(buf)
  sinks[buf], latest[buf] = nil, nil
end

---@param texts string[]
---@param index integer
---@param cycled boolean whether to say which of how many it is
function M.show(buf, client, texts, index, row, col, cycled)
  local place = require('charrnn.position').position(client, buf, row, col)
  local items = vim.tbl_map(function(text)
    return { insertText = text, range = { start = place, ['end'] = place } }
  end, texts)
  if not cycled then
    table.insert(items, 1, table.remove(items, index)) -- the module shows the first
  end
  hand_over(buf, client, items)
  if cycled then
    vim.lsp.inline_completion.select({ bufnr = buf, count = index - 1 })
  end
end

function M.clear(buf, client)
  if latest[buf] and #latest[buf] > 0 then
    hand_over(buf, client, {})
  end
end

---The text that is accepted now: the one that is shown, which other mappings than ours may have chosen.
---@param take fun(text: string)
---@return boolean whether there is one, of ours or of another server
function M.take(buf, client, take)
  return vim.lsp.inline_completion.get({
    bufnr = buf,
    on_accept = function(item)
      if item.client_id ~= client.id then
        return item
      end
      take(item.insert_text)
    end,
  })
end

return M
