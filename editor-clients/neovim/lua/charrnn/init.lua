--- charrnn: the next words of your prose in grey, from a small network on your own machine. See |charrnn.txt|.
local M = {}

local function session()
  return require('charrnn.session')
end

---Take the suggestion.
---@return boolean whether there was one, so that a mapping can do something else
function M.accept()
  return session().accept('all')
end

---Take its first word; the rest stays.
---@return boolean
function M.accept_word()
  return session().accept('word')
end

---Take its first line; the rest stays.
---@return boolean
function M.accept_line()
  return session().accept('line')
end

---Show the next alternative.
---@return boolean
function M.next()
  return session().cycle(1)
end

---Show the alternative before.
---@return boolean
function M.previous()
  return session().cycle(-1)
end

---Ask for a suggestion here, however unsure it is.
function M.ask()
  session().invoke()
  return true
end

---Show nothing until the next key.
---@return boolean
function M.dismiss()
  local shown = session().visible()
  session().dismiss()
  return shown
end

---Whether a suggestion is shown in the current buffer.
---@return boolean
function M.visible()
  return session().visible()
end

---A few words for a status line: `charrnn`, and what is not as usual.
---@param buf? integer
---@return string
function M.status(buf)
  return require('charrnn.status').line(buf)
end

---Serve prose, in any version of Neovim; in 0.11 and newer the same as `vim.lsp.enable('charrnn')`.
---@param config? vim.lsp.Config
function M.enable(config)
  require('charrnn.client').enable(config)
end

---Map keys of insert mode. Where there is nothing to do for one, it does what it did before.
---@param keys table<'accept'|'accept_word'|'accept_line'|'next'|'previous'|'ask'|'dismiss', string>
function M.map(keys)
  for action, key in pairs(keys) do
    assert(type(M[action]) == 'function', ('charrnn: there is no %q to map'):format(action))
    require('charrnn.keys').map(key, M[action], 'charrnn: ' .. action:gsub('_', ' '))
  end
end

return M
