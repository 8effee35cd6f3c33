"""How a notification leaves the platform. (In the app itself it is its row, and a live count.)"""
