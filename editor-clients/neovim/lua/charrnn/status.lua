--- What the server last said about itself, and how far a training is.
local M = {}

---@class charrnn.Status
---@field state 'loading'|'ready'|'paused'|'off'|'error'
---@field message string
---@field model string

local statuses = {} ---@type table<integer, charrnn.Status> of each client

M.TOKEN = 'charrnn.train' -- of the progress of a training
M.training = nil ---@type { request: integer, percentage?: integer, message?: string }?

local function announce()
  vim.schedule(function()
    vim.cmd.redrawstatus({ bang = true })
    vim.api.nvim_exec_autocmds('User', { pattern = 'CharRNNStatus', modeline = false })
  end)
end

---@param client_id integer
---@param status? charrnn.Status nil when the client is gone
function M.set(client_id, status)
  statuses[client_id] = status
  if not status then
    M.training = nil
  end
  announce()
end

---@param client_id integer
---@return charrnn.Status?
function M.get(client_id)
  return statuses[client_id]
end

---@param training? { request: integer, percentage?: integer, message?: string }
function M.set_training(training)
  M.training = training
  announce()
end

---A few words for a status line; empty in a buffer that is not served.
---@param buf? integer
---@return string
function M.line(buf)
  local client = require('charrnn.client').of(buf)
  if not client then
    return ''
  end
  local status = statuses[client.id]
  local words = { 'charrnn' }
  if status and status.state ~= 'ready' then
    table.insert(words, status.state)
  elseif M.training then
    table.insert(words, ('training %d%%'):format(M.training.percentage or 0))
  end
  return table.concat(words, ' ')
end

return M
